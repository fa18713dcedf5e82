import { connect } from '../../contract/api.mts';
import type { Finding } from '../../contract/finding.mts';
import { free } from '../../contract/free.mts';
import { paid } from '../../contract/paid.mts';
import {
	startSimulator,
	type Fault,
	type JobPlan,
	type Simulator,
} from '../../simulator/index.mts';

interface Variant {
	faults?: Fault[];
	plans?: JobPlan[];
	/** How the first job goes, which is cancelled; it stays in the queue until then. */
	first?: JobPlan;
	/** What of it has to be seen, beside that nothing is new. */
	seen: RegExp;
}

const POLL_MS = 5;
/** Long enough for a look before its end, however busy the machine is. */
const LONG_MS = 1_000;
const always = { times: -1 } as const;

/** Each way an answer is known, or thought, to come out: see the tables in the simulator's README. */
const VARIANTS: Record<string, Variant> = {
	'nothing special': { seen: /as a data URI\? HTTP 200/ },
	'two vocabularies': {
		plans: [{ outcome: 'succeeded', statusOutcome: 'completed', ...always }],
		seen: /call its end\? succeeded/,
	},
	'not ready': {
		plans: [{ notReady: 'both', runMs: LONG_MS, ...always }],
		seen: /before its end\? .*400005/,
	},
	'words that nobody knows': {
		plans: [{ runMs: LONG_MS, states: ['reviewing'], ...always }],
		seen: /words of the status .*reviewing/,
	},
	'an end that nobody knows': {
		plans: [{ outcome: 'expired', ...always }],
		seen: /call its end\? expired/,
	},
	'a failure': {
		plans: [{ outcome: 'failed', statusOutcome: 'completed', jobError: 'moderated', ...always }],
		seen: /call its end\? failed/,
	},
	'a reason beside a missing output': {
		plans: [{ output: 'none', jobError: 'moderated', ...always }],
		seen: /output look like .*null/,
	},
	'a cost that comes late': {
		plans: [{ costAfterReads: 3, ...always }],
		seen: /cost there\? after/,
	},
	'data URIs refused': {
		faults: [{ on: 'submit', skip: 3, status: 422, detail: 'images: URL expected' }],
		seen: /as a data URI\? HTTP 422/,
	},
	'a cancel as on a page of RunComfy': {
		faults: [{ on: 'cancel', skip: 1, status: 202, merge: { status: 'completed' } }],
		seen: /right after the order\? HTTP 202, outcome cancelled, status completed/,
	},
	'a cancel without an outcome': {
		faults: [{ on: 'cancel', skip: 1, merge: { outcome: null } }],
		seen: /right after the order\? HTTP \d+, outcome undefined/,
	},
	'a cancel that comes too late': {
		first: { queueMs: 0, notCancellable: true },
		seen: /outcome not_cancellable/,
	},
	'errors in a 200': {
		faults: [{ on: 'status', error: 404001, status: 200 }],
		seen: /status of an unknown request\? HTTP 200, error_code 404001/,
	},
	'a bad token at the balance': {
		faults: [{ on: 'balance', error: 403003, status: 200 }],
		seen: /balance given\? HTTP 200, error_code 403003/,
	},
	'other bodies of an error': {
		faults: [
			{ on: 'submit', skip: 1, status: 422, body: { detail: [{ loc: ['body'], msg: 'm' }] } },
		],
		seen: /without a prompt refused\? HTTP 422, \[/,
	},
	'a file of another type': {
		faults: [{ on: 'file', contentType: 'application/octet-stream', ...always }],
		seen: /file come from\? .*octet-stream/,
	},
	...Object.fromEntries(
		(['videos', 'string', 'list', 'videoObject', 'objects', 'twice', 'mixed'] as const).map(
			(output): [string, Variant] => [
				`${output} as output`,
				{ plans: [{ output, ...always }], seen: /output look like/ },
			],
		),
	),
};

describe('the contract check', () => {
	const simulators: Simulator[] = [];
	const started = async () => {
		const simulator = await startSimulator();
		simulators.push(simulator);
		return simulator;
	};
	afterAll(() => Promise.all(simulators.map((simulator) => simulator.close())));

	test.concurrent.each(Object.entries(VARIANTS))(
		'knows what to make of: %s',
		async (_title, { faults = [], plans = [], first, seen }) => {
			const simulator = await started();
			simulator.addFaults(...faults);
			simulator.planJobs({ queueMs: 60_000, ...first, nth: 1 }, ...plans);
			const api = connect(simulator.url, simulator.token);
			const findings: Finding[] = [];
			for await (const finding of free(api)) findings.push(finding);
			// The free questions buy nothing.
			expect(simulator.jobs.size).toBe(0);
			const link = `${simulator.url}/references/photo.jpg`;
			for await (const finding of paid(api, link, POLL_MS)) findings.push(finding);
			expect(simulator.jobs.size).toBeLessThanOrEqual(3);
			expect(findings.filter(({ verdict }) => verdict === 'new')).toStrictEqual([]);
			const report = findings.map((finding) => `${finding.question} ${finding.seen}`).join('\n');
			expect(report).toMatch(seen);
			const shown = JSON.stringify(findings);
			expect(shown).not.toContain(simulator.token);
			for (const id of simulator.jobs.keys()) expect(shown).not.toContain(id);
		},
	);

	test.concurrent('says what is new', async () => {
		const simulator = await started();
		simulator.addFaults({ on: 'balance', html: true });
		const findings: Finding[] = [];
		for await (const finding of free(connect(simulator.url, simulator.token))) {
			findings.push(finding);
		}
		const news = findings.filter(({ verdict }) => verdict === 'new');
		expect(news.map(({ question }) => question)).toStrictEqual(['How is the balance given?']);
	});
});
