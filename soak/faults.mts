import { FILE_FAULTS, isUnclear, READ_FAULTS, SUBMIT_FAULTS } from '../test/fixtures/faults.mts';
import type { Effect, Fault, JobPlan, LoggedRequest, Simulator } from '../simulator/index.mts';
import { shuffled } from './random.mts';

/** One of every so many requests goes wrong. */
const ONE_OF = 20;
/** No answer is what takes longest: the node gives up on a read after 30 s, on a file after 60 s. */
const SILENT: Effect = { hang: true };
const LIMITED: Effect[] = [{ status: 429 }, { status: 429, headers: { 'retry-after': '2' } }];
const ANOTHER_HOST = 'https://example.com/a.mp4';

const FAULTS = {
	submit: [
		...SUBMIT_FAULTS,
		...SUBMIT_FAULTS.filter(isUnclear).map((fault) => ({ ...fault, after: true })),
		{ refuse: 'data' },
		{ refuse: 'links' },
	],
	status: [...READ_FAULTS, SILENT],
	result: [...READ_FAULTS, SILENT],
	file: [...FILE_FAULTS, ...LIMITED, SILENT],
	job: [
		{ outcome: 'failed', jobError: 'no face' },
		{ outcome: 'failed', jobError: { code: 7, message: 'no face' } },
		{ outcome: 'failed', jobError: null },
		{ outcome: 'cancelled' },
		{ outcome: 'canceled' },
		{ outcome: 'expired' },
		{ output: 'none' },
		{ output: 'string' },
		{ output: 'videos', outcome: 'succeeded' },
		{ costAfterReads: 2 },
		{ states: ['pending', 'waiting', 'starting', 'processing'] },
		{ videoUrl: ANOTHER_HOST },
		{ unreachable: true },
	],
} satisfies Partial<Record<Fault['on'], Effect[]>> & { job: JobPlan[] };

export type Faulty = keyof typeof FAULTS;
const FAULTY = Object.keys(FAULTS) as Faulty[];

/** Requests of each kind that are planned for, for each generation; more would meet no fault. */
const MOST: Record<Faulty, number> = { submit: 3, status: 100, result: 4, file: 4, job: 1 };
const QUEUE_MS = 5_000;
const [SHORTEST_RUN_MS, LONGEST_RUN_MS] = [2_000, 25_000];

/** What goes wrong, and with which request or job. */
export interface Planned {
	on: Faulty;
	/** Which request of this kind, or which job, from 0. */
	at: number;
	fault: Effect | JobPlan;
}

/** Faults for one in twenty requests and jobs, with all kinds in turn. */
export function planFaults(generations: number, random: () => number): Planned[] {
	return FAULTY.flatMap((on) => {
		const kinds = shuffled<Effect | JobPlan>(FAULTS[on], random);
		const blocks = Math.ceil((generations * MOST[on]) / ONE_OF);
		return Array.from({ length: blocks }, (_, block) => ({
			on,
			at: block * ONE_OF + Math.floor(random() * ONE_OF),
			fault: kinds[block % kinds.length],
		}));
	});
}

export interface Script {
	faults: Fault[];
	plans: JobPlan[];
}

/** What makes the simulator do so, with jobs of all lengths. */
export function scriptFor(plan: Planned[], generations: number, random: () => number): Script {
	const faults = plan.flatMap(({ on, at, fault }): Fault[] =>
		on === 'job' ? [] : [{ on, skip: at, ...fault }],
	);
	const plans = Array.from({ length: generations }, (_, at): JobPlan => {
		const fault = plan.find((planned) => planned.on === 'job' && planned.at === at)?.fault;
		const queueMs = Math.round(random() * QUEUE_MS);
		const runMs = Math.round(SHORTEST_RUN_MS + random() * (LONGEST_RUN_MS - SHORTEST_RUN_MS));
		return { nth: at + 1, queueMs, runMs, ...fault };
	});
	return { faults, plans };
}

/** A fault that came about: a submit is known by its prompt, everything later by its request. */
export interface Hit extends Planned {
	prompt?: string;
	requestId?: string;
}

/** The faults that came about. */
export function hitsOf(plan: Planned[], { log, jobs }: Pick<Simulator, 'log' | 'jobs'>): Hit[] {
	const seen = (on: Faulty): Array<Pick<LoggedRequest, 'body' | 'requestId'>> =>
		on === 'job' ? [...jobs.values()] : log.filter(({ kind }) => kind === on);
	const all = new Map(FAULTY.map((on) => [on, seen(on)]));
	return plan.flatMap((planned) => {
		const request = all.get(planned.on)![planned.at];
		if (!request) return [];
		const { body, requestId } = request;
		return [{ ...planned, prompt: (body as { prompt?: string } | undefined)?.prompt, requestId }];
	});
}

const GOOD_ENDS: Array<string | undefined> = [undefined, 'completed', 'succeeded'];
/** A submit that is to wait longer than ten minutes is given up. */
const TOO_LATE = '3600';

/** Whether a generation may end without its file after this; the node gets over everything else. */
export function isFatal({ on, fault }: Planned): boolean {
	if (on === 'job') {
		const { outcome, output, videoUrl, unreachable } = fault as JobPlan;
		return !GOOD_ENDS.includes(outcome) || output === 'none' || Boolean(videoUrl ?? unreachable);
	}
	const { status, headers, error, delayMs, refuse, redirect } = fault as Effect;
	if (on === 'submit') {
		const isShort = status === 429 && headers?.['retry-after'] !== TOO_LATE;
		return !isShort && !delayMs && refuse !== 'data';
	}
	return error !== undefined || redirect === ANOTHER_HOST;
}

/** How many kinds of faults there are. */
export const KINDS = Object.values(FAULTS).flat().length;
