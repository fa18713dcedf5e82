import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { simulator, withSimulator } from '../support/simulator.mts';
import { until } from '../support/until.mts';
import { item, messageOf, submits } from './buying.mts';
import { anotherProcess, runNode, type RunOptions, type RunOutcome } from './harness.mts';
import { RETRY } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);
withSimulator();

const CONTINUE = { onError: 'continueErrorOutput' } as const;
let workflows = 0;

/** Runs of one workflow, with what n8n keeps of it in between. */
function workflow(parameters: IDataObject = {}) {
	const shared = { workflowId: `orders-${++workflows}`, staticData: {} as IDataObject };
	return async (
		items: INodeExecutionData[] = [item()],
		{ operation = 'generate', ...more }: Partial<RunOptions> & { operation?: string } = {},
	): Promise<RunOutcome> =>
		await runNode({
			simulator,
			items,
			parameters: {
				operation,
				prompt: '={{ $json.prompt ?? "a cat" }}',
				waitOptions: { pollInterval: 0.2 },
				...parameters,
			},
			...shared,
			...more,
		});
}

const idsOf = ({ items }: RunOutcome) => items.map(({ json }) => json.request_id);
const errorsOf = ({ items, errorItems }: RunOutcome) =>
	[...items, ...errorItems].flatMap(({ json }) => (json.error ? [json.error as IDataObject] : []));
const bought = () => [...simulator.jobs.keys()];

describe('an item that comes back from the error branch', () => {
	for (const operation of ['generate', 'create']) {
		/** Loses the answer to the submit's wait, or the submit itself, and returns what the branch gets. */
		const fail = async (run: ReturnType<typeof workflow>) => {
			const outcome = await run([item({}, { prompt: 'x' })], { operation, settings: CONTINUE });
			const [error] = errorsOf(outcome);
			return item({}, { prompt: 'x', error });
		};

		test(`${operation}: an unknown outcome is never sent again`, async () => {
			const run = workflow();
			simulator.addFaults({ on: 'submit', after: true, reset: true });
			const back = await fail(run);
			expect((back.json.error as IDataObject).submitted).toBe('unknown');
			for (const settings of [CONTINUE, {}, RETRY]) {
				const outcome = await run([back], { operation, settings });
				expect(messageOf(outcome) || String(errorsOf(outcome)[0].message)).toMatch(
					/^This order was sent before, and RunComfy did not confirm it/,
				);
			}
			expect(submits()).toHaveLength(1);
		});

		test(`${operation}: another prompt is another order`, async () => {
			const run = workflow();
			simulator.addFaults({ on: 'submit', after: true, reset: true });
			const back = await fail(run);
			const outcome = await run([{ json: { ...back.json, prompt: 'y' } }], { operation });
			expect(messageOf(outcome)).toBe('');
			expect(submits()).toHaveLength(2);
		});

		test(`${operation}: at another node it is another order`, async () => {
			simulator.addFaults({ on: 'submit', after: true, reset: true });
			const back = await fail(workflow());
			expect(messageOf(await workflow()([back], { operation }))).toBe('');
			expect(submits()).toHaveLength(2);
		});

		test(`${operation}: without the error it is ordered anew`, async () => {
			const run = workflow();
			simulator.addFaults({ on: 'submit', after: true, reset: true });
			await fail(run);
			const outcome = await run([item({}, { prompt: 'x' })], { operation, mode: 'trigger' });
			expect(messageOf(outcome)).toBe('');
			expect(submits()).toHaveLength(2);
		});

		test(`${operation}: what was definitely refused is sent again`, async () => {
			const run = workflow();
			simulator.addFaults({ on: 'submit', error: 400002 });
			const back = await fail(run);
			expect((back.json.error as IDataObject).order).toBeUndefined();
			expect(messageOf(await run([back], { operation }))).toBe('');
			expect(submits()).toHaveLength(2);
		});
	}

	test('a finished or running request is fetched', async () => {
		const run = workflow();
		simulator.addFaults({ on: 'file', status: 404, times: 2 });
		const failed = await run([item({}, { prompt: 'x' })], { settings: CONTINUE });
		const [error] = errorsOf(failed);
		const back = item({}, { prompt: 'x', error });
		for (const operation of ['generate', 'create']) {
			const outcome = await run([back], { operation });
			expect(idsOf(outcome)).toStrictEqual([error.request_id]);
			expect(outcome.items[0].json.reused).toBe(true);
		}
		expect(submits()).toHaveLength(1);
	});

	test('a failed one is refused, in words that say how to order anew', async () => {
		const run = workflow();
		simulator.planJobs({ outcome: 'failed' });
		const [error] = errorsOf(await run([item({}, { prompt: 'x' })], { settings: CONTINUE }));
		const outcome = await run([item({}, { prompt: 'x', error })], { settings: CONTINUE });
		const [again] = errorsOf(outcome);
		expect(String(again.message)).toMatch(
			/^This item came back with request .* is not ordered again/,
		);
		expect(String(again.message)).toMatch(/take the field 'error' off the item/);
		expect(again.order).toBe(error.order);
		expect(submits()).toHaveLength(1);
	});

	test('one of several that are combined', async () => {
		const run = workflow({ inputItems: 'combine' });
		simulator.addFaults({ on: 'submit', after: true, reset: true });
		const [error] = errorsOf(await run([item(), item()], { settings: CONTINUE }));
		const outcome = await run([item(), item({}, { error })]);
		expect(messageOf(outcome)).toMatch(/^This order was sent before/);
		expect(submits()).toHaveLength(1);
	});
});

describe("n8n's Retry of an execution", () => {
	const three = () => ['x', 'y', 'x'].map((prompt) => item({}, { prompt }));

	test.each(Object.entries({ 'the same': undefined, another: anotherProcess() }))(
		'buys nothing again in %s process',
		async (_where, node) => {
			const run = workflow();
			simulator.planJobs({ outcome: 'failed', nth: 2 });
			const failed = await run(three(), { mode: 'trigger' });
			expect(messageOf(failed)).toMatch(/has failed/);
			const first = bought();
			// With the original workflow, n8n starts from what it kept with it before the failed execution.
			const retried = await run([], { retryOf: failed, staticData: {}, node });
			const ids = idsOf(retried);
			expect([ids[0], ids[2]]).toStrictEqual([first[0], first[2]]);
			// The failed one is made anew.
			expect(first).not.toContain(String(ids[1]));
			expect(retried.items.map(({ json }) => json.reused)).toStrictEqual([true, undefined, true]);
			expect(submits()).toHaveLength(4);
		},
	);

	test('buys nothing again when it failed too, whichever of the two is run again', async () => {
		const run = workflow();
		simulator.planJobs({ outcome: 'failed', nth: 2 });
		simulator.addFaults({ on: 'file', status: 404, skip: 2, times: -1 });
		const failed = await run(three(), { mode: 'trigger' });
		const again = await run([], { retryOf: failed });
		expect(messageOf(again)).toMatch(/could not be downloaded|is gone/);
		const count = submits().length;
		for (const retryOf of [failed, again]) await run([], { retryOf });
		expect(submits().length).toBe(count);
	});

	test('goes by the latest of all that is known of the order, not by a key that knows an earlier one', async () => {
		const run = workflow({ options: { idempotencyKey: 'order-1' } });
		simulator.planJobs({ outcome: 'failed', nth: 1 });
		await run([item()], { mode: 'trigger' });
		simulator.addFaults({ on: 'submit', after: true, reset: true });
		const failed = await run([item()], { mode: 'trigger', node: anotherProcess() });
		expect(messageOf(failed)).toMatch(/did not confirm/);
		expect(submits()).toHaveLength(2);
		// n8n starts the original workflow from what it kept with it before; this process knows the first one.
		const retried = await run([], { retryOf: failed, staticData: {} });
		expect(messageOf(retried)).toMatch(/^This order was sent before/);
		expect(submits()).toHaveLength(2);
	});

	test('knows the keys of all its items, whichever comes first, where nobody else does', async () => {
		for (const prompts of [
			['x', 'y'],
			['fails', 'x'],
		]) {
			simulator.reset();
			const run = workflow({ options: { idempotencyKey: 'order-1' } });
			if (prompts[0] === 'fails') simulator.planJobs({ outcome: 'failed', nth: 1 });
			const items = prompts.map((prompt) => item({}, { prompt }));
			const failed = await run(items, { mode: 'trigger' });
			expect(messageOf(failed)).toMatch(/belongs to another order|has failed/);
			const count = submits().length;
			const elsewhere = { staticData: {}, node: anotherProcess() };
			const retried = await run([], { retryOf: failed, ...elsewhere });
			expect(messageOf(retried)).toMatch(/belongs to another order/);
			expect(submits().length).toBe(count);
		}
	});

	test('passes on the keys of what it uses again', async () => {
		const run = workflow({ options: { idempotencyKey: '={{ $json.prompt }}' } });
		simulator.planJobs({ outcome: 'failed', nth: 2 });
		const items = ['x', 'y'].map((prompt) => item({}, { prompt }));
		const failed = await run(items, { mode: 'trigger' });
		expect(messageOf(failed)).toMatch(/has failed/);
		const retried = await run([], { retryOf: failed, staticData: {}, node: anotherProcess() });
		expect(submits()).toHaveLength(3);
		// What n8n saves of the workflow now takes the place of what the failed execution had left.
		const staticData = retried.savedData;
		const later = await run(items, { mode: 'trigger', staticData, node: anotherProcess() });
		expect(idsOf(later)).toStrictEqual(idsOf(retried));
		expect(submits()).toHaveLength(3);
	});

	test('reuses what it bought days ago, and however many', async () => {
		const run = workflow({ operation: 'create' });
		const many = Array.from({ length: 250 }, (_, n) => item({}, { prompt: `cat ${n}` }));
		simulator.addFaults({ on: 'submit', error: 400002, nth: 250 });
		const failed = await run(many, { mode: 'trigger', operation: 'create' });
		expect(messageOf(failed)).not.toBe('');
		const daysLater = jest
			.spyOn(Date, 'now')
			.mockImplementation(() => performance.timeOrigin + 4 * 86_400_000);
		const count = submits().length;
		const retried = await run([], {
			retryOf: failed,
			operation: 'create',
			staticData: {},
			node: anotherProcess(),
		});
		daysLater.mockRestore();
		expect(messageOf(retried)).toBe('');
		expect(simulator.jobs.size).toBe(250);
		expect(submits().length).toBeGreaterThan(count);
	});

	test('an execution that ended well leaves nothing to another', async () => {
		const run = workflow();
		const well = await run([item()], { mode: 'trigger' });
		expect(JSON.stringify(well.run.data)).not.toContain('take ');
		await run([item()], { mode: 'trigger' });
		expect(submits()).toHaveLength(2);
	});

	test('an ordinary execution buys for itself', async () => {
		const run = workflow();
		simulator.planJobs({ outcome: 'failed', nth: 2 });
		await run(three(), { mode: 'trigger' });
		const outcome = await run(three(), { mode: 'trigger' });
		expect(messageOf(outcome)).toBe('');
		expect(submits()).toHaveLength(6);
	});

	test('an unknown outcome is not sent again', async () => {
		const run = workflow();
		simulator.addFaults({ on: 'submit', after: true, reset: true });
		const failed = await run([item()], { mode: 'trigger' });
		expect(messageOf(await run([], { retryOf: failed }))).toMatch(/^This order was sent before/);
		expect(submits()).toHaveLength(1);
	});

	test('a request that is gone is made anew', async () => {
		const run = workflow();
		simulator.addFaults({ on: 'file', status: 404, times: 2 });
		const failed = await run([item()], { mode: 'trigger' });
		simulator.addFaults({ on: 'result', error: 404001 });
		const outcome = await run([], { retryOf: failed });
		expect(messageOf(outcome)).toBe('');
		expect(submits()).toHaveLength(2);
	});

	test('what was bought before is not cancelled by a stop', async () => {
		const run = workflow({ waitOptions: { pollInterval: 0.2, timeout: 10 } });
		simulator.planJobs({ queueMs: 60_000 });
		const failed = await run([item()], { mode: 'trigger' });
		const retried = await run([], {
			retryOf: failed,
			onStart: (stop) => setTimeout(stop, 300),
		});
		expect(retried.log.join()).toMatch(/goes on/);
		expect(simulator.log.filter(({ kind }) => kind === 'cancel')).toStrictEqual([]);
		expect(submits()).toHaveLength(1);
	});
});

describe('another try by hand', () => {
	test('buys nothing again that a failed one bought', async () => {
		const run = workflow();
		simulator.addFaults({ on: 'file', status: 404, times: 2 });
		expect(messageOf(await run())).not.toBe('');
		const again = await run();
		expect([idsOf(again), again.items[0].json.reused]).toStrictEqual([bought(), true]);
		expect(submits()).toHaveLength(1);
	});

	test('is an order of its own after one that ended well', async () => {
		const run = workflow();
		await run();
		await run();
		expect(submits()).toHaveLength(2);
	});

	test('makes as many takes as there are equal items, also when the first one comes last', async () => {
		// The second or the third try is later: older n8n wait as briefly as the node does here.
		const isRefused = `$itemIndex === 0 && Date.now() < ${Date.now() + 250}`;
		const run = workflow({ prompt: `={{ ${isRefused} ? '' : 'a cat' }}` });
		const settings = { ...CONTINUE, ...RETRY, waitBetweenTries: 3_000 };
		const outcome = await run([item(), item()], { settings });
		expect(new Set(idsOf(outcome)).size).toBe(2);
		expect(submits()).toHaveLength(2);
	});

	test('is an order of its own with another key, as the message advises', async () => {
		const run = workflow({ options: { idempotencyKey: '={{ $json.id }}' } });
		simulator.addFaults({ on: 'submit', after: true, reset: true });
		await run([item({}, { id: 'order-1' })]);
		const again = await run([item({}, { id: 'order-1' })]);
		expect(messageOf(again)).toMatch(/^This order was sent before/);
		expect(String(again.error?.description)).toMatch(/change the prompt, or 'Idempotency Key'/);
		expect(submits()).toHaveLength(1);
		expect(messageOf(await run([item({}, { id: 'order-2' })]))).toBe('');
		expect(submits()).toHaveLength(2);
	});
});

describe('an idempotency key', () => {
	const keyed = (key: unknown = '={{ $json.id }}') =>
		workflow({ options: { idempotencyKey: key as string } });
	const order = (json: IDataObject = {}) => item({}, { id: 'order-1', ...json });

	test('is bought once, whoever comes with it and when', async () => {
		const run = keyed();
		const outcomes = await Promise.all([run([order()]), run([order()]), run([order(), order()])]);
		outcomes.push(await run([order()], { mode: 'trigger' }));
		const ids = outcomes.flatMap(idsOf);
		expect(ids).toHaveLength(5);
		expect([...new Set(ids)]).toStrictEqual(bought());
		const reused = outcomes.flatMap(({ items }) => items.filter(({ json }) => json.reused));
		expect(reused).toHaveLength(4);
		expect(submits()).toHaveLength(1);
	});

	test('with another order is refused, and names the request', async () => {
		const run = keyed();
		const [id] = idsOf(await run([order()]));
		const outcome = await run([order({ prompt: 'a dog' })]);
		expect(messageOf(outcome)).toBe(
			`'Idempotency Key' is 'order-1', which belongs to another order (request ${id}).`,
		);
		expect(submits()).toHaveLength(1);
	});

	test('is freed by a request that failed', async () => {
		const run = keyed();
		simulator.planJobs({ outcome: 'failed' });
		await run([order()]);
		const outcome = await run([order()], { mode: 'trigger' });
		expect(messageOf(outcome)).toBe('');
		expect(outcome.items[0].json.reused).toBeUndefined();
		expect(submits()).toHaveLength(2);
	});

	test('is freed by a definite refusal, for those who wait for it too', async () => {
		const run = keyed();
		simulator.addFaults({ on: 'submit', error: 400002, delayMs: 100 });
		const outcomes = await Promise.all([run([order()]), run([order()])]);
		expect(outcomes.filter((outcome) => messageOf(outcome))).toHaveLength(1);
		expect(submits()).toHaveLength(2);
		expect(simulator.jobs.size).toBe(1);
	});

	test('is held by an unknown outcome', async () => {
		const run = keyed();
		simulator.addFaults({ on: 'submit', after: true, reset: true });
		await run([order()]);
		for (const mode of ['trigger', 'retry', 'manual'] as const)
			expect(messageOf(await run([order()], { mode }))).toMatch(/^This order was sent before/);
		expect(submits()).toHaveLength(1);
	});

	test('is joined while the request runs, and each one waits for itself', async () => {
		const run = keyed();
		simulator.planJobs({ runMs: 500 });
		const [first, second] = await Promise.all([
			run([order()], { operation: 'create' }),
			run([order()], { operation: 'generate' }),
		]);
		expect(idsOf(first)).toStrictEqual(idsOf(second));
		expect(second.items[0].binary?.data).toBeTruthy();
		expect(submits()).toHaveLength(1);
	});

	test('is cancelled once by a stop, however many items wait for it', async () => {
		const run = workflow({ options: { idempotencyKey: 'k' }, waitOptions: { pollInterval: 0.2 } });
		simulator.planJobs({ queueMs: 60_000 });
		const outcome = await run([order(), order()], {
			onStart: async (stop) => {
				const looks = () => simulator.log.filter(({ kind }) => kind === 'status').length;
				await until('both wait', () => looks() >= 2, { everyMs: 5 });
				stop();
			},
		});
		const cancels = simulator.log.filter(({ kind }) => kind === 'cancel');
		expect(cancels).toHaveLength(1);
		expect(outcome.log.filter((line) => line.endsWith('is cancelled'))).toHaveLength(1);
	});

	test('survives a restart of n8n, in what n8n saves of the workflow', async () => {
		const staticData: IDataObject = {};
		const run = keyed();
		const [id] = idsOf(await run([order()], { mode: 'trigger', staticData }));
		const saved = JSON.parse(JSON.stringify(staticData)) as IDataObject;
		const again = await run([order()], { staticData: saved, node: anotherProcess() });
		expect(idsOf(again)).toStrictEqual([id]);
		expect(submits()).toHaveLength(1);
		expect(JSON.stringify(saved).length).toBeLessThan(500);
	});

	test('is kept with the workflow by whichever execution ends last', async () => {
		const run = keyed();
		simulator.planJobs({ runMs: 400 });
		const long = run([order()], { mode: 'trigger', staticData: {} });
		await until('it is made', () => simulator.jobs.size === 1, { everyMs: 5 });
		const short = await run([order({ id: 'order-2', prompt: 'a dog' })], {
			mode: 'trigger',
			staticData: {},
		});
		const { savedData: staticData } = await long;
		for (const json of [{}, { id: 'order-2', prompt: 'a dog' }]) {
			const node = anotherProcess();
			const again = await run([order(json)], { mode: 'trigger', staticData, node });
			expect(again.items[0].json.reused).toBe(true);
		}
		expect(short.savedData).toBeTruthy();
		expect(submits()).toHaveLength(2);
	});

	test('that another process made anew is not made anew once more', async () => {
		const run = keyed();
		simulator.planJobs({ outcome: 'failed', nth: 1 });
		await run([order()], { mode: 'trigger' });
		const [id] = idsOf(await run([order()], { mode: 'trigger', node: anotherProcess() }));
		expect(idsOf(await run([order()], { mode: 'trigger' }))).toStrictEqual([id]);
		expect(submits()).toHaveLength(2);
	});

	test('is forgotten after a day', async () => {
		const run = keyed();
		await run([order()]);
		const hours = (count: number) => {
			const at = Date.now() + count * 3_600_000;
			return jest.spyOn(Date, 'now').mockImplementation(() => at);
		};
		const almost = hours(23.9);
		expect((await run([order()])).items[0].json.reused).toBe(true);
		almost.mockRestore();
		const later = hours(24.1);
		expect((await run([order()])).items[0].json.reused).toBeUndefined();
		later.mockRestore();
		expect(submits()).toHaveLength(2);
	});

	test('that is no text is told', async () => {
		const outcome = await keyed('={{ ({ a: 1 }) }}')([order()]);
		expect(messageOf(outcome)).toMatch(/^'Idempotency Key' must be text of at most 255 characters/);
		expect(submits()).toHaveLength(0);
	});
});

describe('the same call of a tool', () => {
	const call = async (calls: IDataObject[], more: Partial<RunOptions> = {}) =>
		await runNode({
			simulator,
			parameters: { operation: 'create', prompt: "={{ $fromAI('prompt', '', 'string') }}" },
			asAgent: calls,
			...more,
		});

	test('gets the request of the first one', async () => {
		const outcome = await call([{ prompt: 'one' }, { prompt: 'one' }, { prompt: 'two' }]);
		const answers = Object.values(outcome.items[0].json).map((text) => JSON.parse(`${text}`)[0]);
		expect(answers[0].request_id).toBe(answers[1].request_id);
		expect(answers.map(({ reused }) => reused)).toStrictEqual([undefined, true, undefined]);
		expect(submits()).toHaveLength(2);
	});

	test('gets it unfinished as well', async () => {
		simulator.planJobs({ runMs: 60_000 });
		const prompt = "={{ $fromAI('prompt', '', 'string') }}";
		const parameters = { operation: 'generate', prompt, waitOptions: { timeout: 1 } };
		const outcome = await call([{ prompt: 'one' }, { prompt: 'one' }], { parameters });
		const answers = Object.values(outcome.items[0].json).map((text) => JSON.parse(`${text}`)[0]);
		expect(answers.map(({ is_finished, reused }) => [is_finished, reused])).toStrictEqual([
			[false, undefined],
			[false, true],
		]);
		expect(submits()).toHaveLength(1);
	});

	test('from another execution too', async () => {
		const workflowId = 'tool';
		await Promise.all([
			call([{ prompt: 'one' }], { workflowId }),
			call([{ prompt: 'one' }], { workflowId }),
		]);
		await call([{ prompt: 'one' }], { workflowId });
		expect(submits()).toHaveLength(1);
	});

	test('is a new order after ten minutes', async () => {
		const workflowId = 'minutes';
		await call([{ prompt: 'one' }], { workflowId });
		for (const [minutes, count] of [
			[9, 1],
			[11, 2],
		]) {
			const at = Date.now() + minutes * 60_000;
			const later = jest.spyOn(Date, 'now').mockImplementation(() => at);
			await call([{ prompt: 'one' }], { workflowId });
			later.mockRestore();
			expect(submits().length).toBe(count);
		}
	});

	test('is no order again after a failure that bought nothing', async () => {
		const workflowId = 'refused';
		simulator.addFaults({ on: 'submit', error: 400002 });
		await call([{ prompt: 'one' }], { workflowId });
		await call([{ prompt: 'one' }], { workflowId });
		expect(simulator.jobs.size).toBe(1);
	});
});
