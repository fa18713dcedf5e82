import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
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
			assert.equal((back.json.error as IDataObject).submitted, 'unknown');
			for (const settings of [CONTINUE, {}, RETRY]) {
				const outcome = await run([back], { operation, settings });
				assert.match(
					messageOf(outcome) || String(errorsOf(outcome)[0].message),
					/^This order was sent before, and RunComfy did not confirm it/,
				);
			}
			assert.equal(submits().length, 1);
		});

		test(`${operation}: another prompt is another order`, async () => {
			const run = workflow();
			simulator.addFaults({ on: 'submit', after: true, reset: true });
			const back = await fail(run);
			const outcome = await run([{ json: { ...back.json, prompt: 'y' } }], { operation });
			assert.equal(messageOf(outcome), '');
			assert.equal(submits().length, 2);
		});

		test(`${operation}: at another node it is another order`, async () => {
			simulator.addFaults({ on: 'submit', after: true, reset: true });
			const back = await fail(workflow());
			assert.equal(messageOf(await workflow()([back], { operation })), '');
			assert.equal(submits().length, 2);
		});

		test(`${operation}: without the error it is ordered anew`, async () => {
			const run = workflow();
			simulator.addFaults({ on: 'submit', after: true, reset: true });
			await fail(run);
			const outcome = await run([item({}, { prompt: 'x' })], { operation, mode: 'trigger' });
			assert.equal(messageOf(outcome), '');
			assert.equal(submits().length, 2);
		});

		test(`${operation}: what was definitely refused is sent again`, async () => {
			const run = workflow();
			simulator.addFaults({ on: 'submit', error: 400002 });
			const back = await fail(run);
			assert.equal((back.json.error as IDataObject).order, undefined);
			assert.equal(messageOf(await run([back], { operation })), '');
			assert.equal(submits().length, 2);
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
			assert.deepEqual(idsOf(outcome), [error.request_id]);
			assert.equal(outcome.items[0].json.reused, true);
		}
		assert.equal(submits().length, 1);
	});

	test('a failed one is refused, in words that say how to order anew', async () => {
		const run = workflow();
		simulator.planJobs({ outcome: 'failed' });
		const [error] = errorsOf(await run([item({}, { prompt: 'x' })], { settings: CONTINUE }));
		const outcome = await run([item({}, { prompt: 'x', error })], { settings: CONTINUE });
		const [again] = errorsOf(outcome);
		assert.match(
			String(again.message),
			/^This item came back with request .* is not ordered again/,
		);
		assert.match(String(again.message), /take the field 'error' off the item/);
		assert.equal(again.order, error.order);
		assert.equal(submits().length, 1);
	});

	test('one of several that are combined', async () => {
		const run = workflow({ inputItems: 'combine' });
		simulator.addFaults({ on: 'submit', after: true, reset: true });
		const [error] = errorsOf(await run([item(), item()], { settings: CONTINUE }));
		const outcome = await run([item(), item({}, { error })]);
		assert.match(messageOf(outcome), /^This order was sent before/);
		assert.equal(submits().length, 1);
	});
});

describe("n8n's Retry of an execution", () => {
	const three = () => ['x', 'y', 'x'].map((prompt) => item({}, { prompt }));

	for (const [where, node] of Object.entries({ 'the same': undefined, another: anotherProcess() }))
		test(`buys nothing again in ${where} process`, async () => {
			const run = workflow();
			simulator.planJobs({ outcome: 'failed', nth: 2 });
			const failed = await run(three(), { mode: 'trigger' });
			assert.match(messageOf(failed), /has failed/);
			const first = bought();
			// With the original workflow, n8n starts from what it kept with it before the failed execution.
			const retried = await run([], { retryOf: failed, staticData: {}, node });
			const ids = idsOf(retried);
			assert.deepEqual([ids[0], ids[2]], [first[0], first[2]]);
			assert.ok(!first.includes(String(ids[1])), 'the failed one is made anew');
			assert.deepEqual(
				retried.items.map(({ json }) => json.reused),
				[true, undefined, true],
			);
			assert.equal(submits().length, 4);
		});

	test('buys nothing again when it failed too, whichever of the two is run again', async () => {
		const run = workflow();
		simulator.planJobs({ outcome: 'failed', nth: 2 });
		simulator.addFaults({ on: 'file', status: 404, skip: 2, times: -1 });
		const failed = await run(three(), { mode: 'trigger' });
		const again = await run([], { retryOf: failed });
		assert.match(messageOf(again), /could not be downloaded|is gone/);
		const count = submits().length;
		for (const retryOf of [failed, again]) await run([], { retryOf });
		assert.equal(submits().length, count);
	});

	test('goes by the latest of all that is known of the order, not by a key that knows an earlier one', async () => {
		const run = workflow({ options: { idempotencyKey: 'order-1' } });
		simulator.planJobs({ outcome: 'failed', nth: 1 });
		await run([item()], { mode: 'trigger' });
		simulator.addFaults({ on: 'submit', after: true, reset: true });
		const failed = await run([item()], { mode: 'trigger', node: anotherProcess() });
		assert.match(messageOf(failed), /did not confirm/);
		assert.equal(submits().length, 2);
		// n8n starts the original workflow from what it kept with it before; this process knows the first one.
		const retried = await run([], { retryOf: failed, staticData: {} });
		assert.match(messageOf(retried), /^This order was sent before/);
		assert.equal(submits().length, 2);
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
			assert.match(messageOf(failed), /belongs to another order|has failed/);
			const count = submits().length;
			const elsewhere = { staticData: {}, node: anotherProcess() };
			const retried = await run([], { retryOf: failed, ...elsewhere });
			assert.match(messageOf(retried), /belongs to another order/);
			assert.equal(submits().length, count);
		}
	});

	test('passes on the keys of what it uses again', async () => {
		const run = workflow({ options: { idempotencyKey: '={{ $json.prompt }}' } });
		simulator.planJobs({ outcome: 'failed', nth: 2 });
		const items = ['x', 'y'].map((prompt) => item({}, { prompt }));
		const failed = await run(items, { mode: 'trigger' });
		assert.match(messageOf(failed), /has failed/);
		const retried = await run([], { retryOf: failed, staticData: {}, node: anotherProcess() });
		assert.equal(submits().length, 3);
		// What n8n saves of the workflow now takes the place of what the failed execution had left.
		const staticData = retried.savedData;
		const later = await run(items, { mode: 'trigger', staticData, node: anotherProcess() });
		assert.deepEqual(idsOf(later), idsOf(retried));
		assert.equal(submits().length, 3);
	});

	test('reuses what it bought days ago, and however many', async () => {
		const run = workflow({ operation: 'create' });
		const many = Array.from({ length: 250 }, (_, n) => item({}, { prompt: `cat ${n}` }));
		simulator.addFaults({ on: 'submit', error: 400002, nth: 250 });
		const failed = await run(many, { mode: 'trigger', operation: 'create' });
		assert.notEqual(messageOf(failed), '');
		const daysLater = mock.method(Date, 'now', () => performance.timeOrigin + 4 * 86_400_000);
		const count = submits().length;
		const retried = await run([], {
			retryOf: failed,
			operation: 'create',
			staticData: {},
			node: anotherProcess(),
		});
		daysLater.mock.restore();
		assert.equal(messageOf(retried), '');
		assert.equal(simulator.jobs.size, 250);
		assert.ok(submits().length > count);
	});

	test('an execution that ended well leaves nothing to another', async () => {
		const run = workflow();
		const well = await run([item()], { mode: 'trigger' });
		assert.ok(!JSON.stringify(well.run.data).includes('take '));
		await run([item()], { mode: 'trigger' });
		assert.equal(submits().length, 2);
	});

	test('an ordinary execution buys for itself', async () => {
		const run = workflow();
		simulator.planJobs({ outcome: 'failed', nth: 2 });
		await run(three(), { mode: 'trigger' });
		const outcome = await run(three(), { mode: 'trigger' });
		assert.equal(messageOf(outcome), '');
		assert.equal(submits().length, 6);
	});

	test('an unknown outcome is not sent again', async () => {
		const run = workflow();
		simulator.addFaults({ on: 'submit', after: true, reset: true });
		const failed = await run([item()], { mode: 'trigger' });
		assert.match(messageOf(await run([], { retryOf: failed })), /^This order was sent before/);
		assert.equal(submits().length, 1);
	});

	test('a request that is gone is made anew', async () => {
		const run = workflow();
		simulator.addFaults({ on: 'file', status: 404, times: 2 });
		const failed = await run([item()], { mode: 'trigger' });
		simulator.addFaults({ on: 'result', error: 404001 });
		const outcome = await run([], { retryOf: failed });
		assert.equal(messageOf(outcome), '');
		assert.equal(submits().length, 2);
	});

	test('what was bought before is not cancelled by a stop', async () => {
		const run = workflow({ waitOptions: { pollInterval: 0.2, timeout: 10 } });
		simulator.planJobs({ queueMs: 60_000 });
		const failed = await run([item()], { mode: 'trigger' });
		const retried = await run([], {
			retryOf: failed,
			onStart: (stop) => setTimeout(stop, 300),
		});
		assert.match(retried.log.join(), /goes on/);
		assert.deepEqual(
			simulator.log.filter(({ kind }) => kind === 'cancel'),
			[],
		);
		assert.equal(submits().length, 1);
	});
});

describe('another try by hand', () => {
	test('buys nothing again that a failed one bought', async () => {
		const run = workflow();
		simulator.addFaults({ on: 'file', status: 404, times: 2 });
		assert.notEqual(messageOf(await run()), '');
		const again = await run();
		assert.deepEqual([idsOf(again), again.items[0].json.reused], [bought(), true]);
		assert.equal(submits().length, 1);
	});

	test('is an order of its own after one that ended well', async () => {
		const run = workflow();
		await run();
		await run();
		assert.equal(submits().length, 2);
	});

	test('makes as many takes as there are equal items, also when the first one comes last', async () => {
		// The second or the third try is later: older n8n wait as briefly as the node does here.
		const isRefused = `$itemIndex === 0 && Date.now() < ${Date.now() + 250}`;
		const run = workflow({ prompt: `={{ ${isRefused} ? '' : 'a cat' }}` });
		const settings = { ...CONTINUE, ...RETRY, waitBetweenTries: 3_000 };
		const outcome = await run([item(), item()], { settings });
		assert.equal(new Set(idsOf(outcome)).size, 2);
		assert.equal(submits().length, 2);
	});

	test('is an order of its own with another key, as the message advises', async () => {
		const run = workflow({ options: { idempotencyKey: '={{ $json.id }}' } });
		simulator.addFaults({ on: 'submit', after: true, reset: true });
		await run([item({}, { id: 'order-1' })]);
		const again = await run([item({}, { id: 'order-1' })]);
		assert.match(messageOf(again), /^This order was sent before/);
		assert.match(String(again.error?.description), /change the prompt, or 'Idempotency Key'/);
		assert.equal(submits().length, 1);
		assert.equal(messageOf(await run([item({}, { id: 'order-2' })])), '');
		assert.equal(submits().length, 2);
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
		assert.equal(ids.length, 5);
		assert.deepEqual([...new Set(ids)], bought());
		const reused = outcomes.flatMap(({ items }) => items.filter(({ json }) => json.reused));
		assert.equal(reused.length, 4);
		assert.equal(submits().length, 1);
	});

	test('with another order is refused, and names the request', async () => {
		const run = keyed();
		const [id] = idsOf(await run([order()]));
		const outcome = await run([order({ prompt: 'a dog' })]);
		assert.equal(
			messageOf(outcome),
			`'Idempotency Key' is 'order-1', which belongs to another order (request ${id}).`,
		);
		assert.equal(submits().length, 1);
	});

	test('is freed by a request that failed', async () => {
		const run = keyed();
		simulator.planJobs({ outcome: 'failed' });
		await run([order()]);
		const outcome = await run([order()], { mode: 'trigger' });
		assert.equal(messageOf(outcome), '');
		assert.equal(outcome.items[0].json.reused, undefined);
		assert.equal(submits().length, 2);
	});

	test('is freed by a definite refusal, for those who wait for it too', async () => {
		const run = keyed();
		simulator.addFaults({ on: 'submit', error: 400002, delayMs: 100 });
		const outcomes = await Promise.all([run([order()]), run([order()])]);
		assert.equal(outcomes.filter((outcome) => messageOf(outcome)).length, 1);
		assert.equal(submits().length, 2);
		assert.equal(simulator.jobs.size, 1);
	});

	test('is held by an unknown outcome', async () => {
		const run = keyed();
		simulator.addFaults({ on: 'submit', after: true, reset: true });
		await run([order()]);
		for (const mode of ['trigger', 'retry', 'manual'] as const)
			assert.match(messageOf(await run([order()], { mode })), /^This order was sent before/);
		assert.equal(submits().length, 1);
	});

	test('is joined while the request runs, and each one waits for itself', async () => {
		const run = keyed();
		simulator.planJobs({ runMs: 500 });
		const [first, second] = await Promise.all([
			run([order()], { operation: 'create' }),
			run([order()], { operation: 'generate' }),
		]);
		assert.deepEqual(idsOf(first), idsOf(second));
		assert.ok(second.items[0].binary?.data);
		assert.equal(submits().length, 1);
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
		assert.equal(cancels.length, 1);
		assert.equal(outcome.log.filter((line) => line.endsWith('is cancelled')).length, 1);
	});

	test('survives a restart of n8n, in what n8n saves of the workflow', async () => {
		const staticData: IDataObject = {};
		const run = keyed();
		const [id] = idsOf(await run([order()], { mode: 'trigger', staticData }));
		const saved = JSON.parse(JSON.stringify(staticData)) as IDataObject;
		const again = await run([order()], { staticData: saved, node: anotherProcess() });
		assert.deepEqual(idsOf(again), [id]);
		assert.equal(submits().length, 1);
		assert.ok(JSON.stringify(saved).length < 500);
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
			assert.equal(again.items[0].json.reused, true);
		}
		assert.ok(short.savedData);
		assert.equal(submits().length, 2);
	});

	test('that another process made anew is not made anew once more', async () => {
		const run = keyed();
		simulator.planJobs({ outcome: 'failed', nth: 1 });
		await run([order()], { mode: 'trigger' });
		const [id] = idsOf(await run([order()], { mode: 'trigger', node: anotherProcess() }));
		assert.deepEqual(idsOf(await run([order()], { mode: 'trigger' })), [id]);
		assert.equal(submits().length, 2);
	});

	test('is forgotten after a day', async () => {
		const run = keyed();
		await run([order()]);
		const hours = (count: number) => {
			const at = Date.now() + count * 3_600_000;
			return mock.method(Date, 'now', () => at);
		};
		const almost = hours(23.9);
		assert.equal((await run([order()])).items[0].json.reused, true);
		almost.mock.restore();
		const later = hours(24.1);
		assert.equal((await run([order()])).items[0].json.reused, undefined);
		later.mock.restore();
		assert.equal(submits().length, 2);
	});

	test('that is no text is told', async () => {
		const outcome = await keyed('={{ ({ a: 1 }) }}')([order()]);
		assert.match(messageOf(outcome), /^'Idempotency Key' must be text of at most 255 characters/);
		assert.equal(submits().length, 0);
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
		assert.equal(answers[0].request_id, answers[1].request_id);
		assert.deepEqual(
			answers.map(({ reused }) => reused),
			[undefined, true, undefined],
		);
		assert.equal(submits().length, 2);
	});

	test('gets it unfinished as well', async () => {
		simulator.planJobs({ runMs: 60_000 });
		const prompt = "={{ $fromAI('prompt', '', 'string') }}";
		const parameters = { operation: 'generate', prompt, waitOptions: { timeout: 1 } };
		const outcome = await call([{ prompt: 'one' }, { prompt: 'one' }], { parameters });
		const answers = Object.values(outcome.items[0].json).map((text) => JSON.parse(`${text}`)[0]);
		assert.deepEqual(
			answers.map(({ is_finished, reused }) => [is_finished, reused]),
			[
				[false, undefined],
				[false, true],
			],
		);
		assert.equal(submits().length, 1);
	});

	test('from another execution too', async () => {
		const workflowId = 'tool';
		await Promise.all([
			call([{ prompt: 'one' }], { workflowId }),
			call([{ prompt: 'one' }], { workflowId }),
		]);
		await call([{ prompt: 'one' }], { workflowId });
		assert.equal(submits().length, 1);
	});

	test('is a new order after ten minutes', async () => {
		const workflowId = 'minutes';
		await call([{ prompt: 'one' }], { workflowId });
		for (const [minutes, count] of [
			[9, 1],
			[11, 2],
		]) {
			const at = Date.now() + minutes * 60_000;
			const later = mock.method(Date, 'now', () => at);
			await call([{ prompt: 'one' }], { workflowId });
			later.mock.restore();
			assert.equal(submits().length, count);
		}
	});

	test('is no order again after a failure that bought nothing', async () => {
		const workflowId = 'refused';
		simulator.addFaults({ on: 'submit', error: 400002 });
		await call([{ prompt: 'one' }], { workflowId });
		await call([{ prompt: 'one' }], { workflowId });
		assert.equal(simulator.jobs.size, 1);
	});
});
