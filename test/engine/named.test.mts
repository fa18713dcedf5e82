import { isBefore } from '../../scripts/runtime/n8n.mjs';
import { simulator, withSimulator } from '../support/simulator.mts';
import { until } from '../support/until.mts';
import { runNode, type RunOptions, type RunOutcome } from './harness.mts';
import { ORDER_PARAMETERS, RETRY } from './scenario.mts';

const namedBy = ({ run }: RunOutcome) => run.data.resultData.metadata?.runcomfy_requests;

const run = async (operation: string, count: number, more: Partial<RunOptions> = {}) =>
	await runNode({
		simulator,
		items: Array.from({ length: count }, () => ({ json: {} })),
		parameters: { operation, ...ORDER_PARAMETERS, waitOptions: { pollInterval: 0.2 } },
		...more,
	});

const names = (outcome: RunOutcome, count: number) => {
	const [, list] = new RegExp(`^${count} requests?: (.*)$`).exec(namedBy(outcome) ?? '') ?? [];
	expect(list?.split(', ').sort()).toStrictEqual([...simulator.jobs.keys()].sort());
};

// Until 2.15, n8n gives nodes nothing to note it in.
(isBefore('2.16') ? describe.skip : describe)('an execution names what it bought', () => {
	withSimulator();

	for (const mode of ['manual', 'webhook'] as const)
		test.each(['create', 'generate'])(`${mode}, %s: all requests`, async (operation) => {
			names(await run(operation, 3, { mode }), 3);
		});

	test('also those that failed, once', async () => {
		simulator.planJobs({ outcome: 'failed', times: -1 });
		names(await run('generate', 2, { settings: RETRY }), 2);
	});

	test('as soon as they are bought: it is there when the user stops', async () => {
		simulator.planJobs({ runMs: 60_000, times: -1 });
		const outcome = await run('generate', 2, {
			onStart: async (stop) => {
				await until('both are waited for', () => simulator.log.length >= 4, { everyMs: 10 });
				stop();
			},
		});
		names(outcome, 2);
	});

	test('in the calls of a tool', async () => {
		const parameters = { operation: 'create', prompt: "={{ $fromAI('prompt', '', 'string') }}" };
		names(await run('', 1, { parameters, asAgent: [{ prompt: 'one' }, { prompt: 'two' }] }), 2);
	});

	test('and nothing where nothing was bought', async () => {
		simulator.addFaults({ on: 'submit', error: 402001, times: -1 });
		expect(namedBy(await run('create', 2))).toBeUndefined();
	});
});
