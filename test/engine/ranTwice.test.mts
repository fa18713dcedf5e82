import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { simulator, withSimulator } from '../support/simulator.mts';
import { item, messageOf, submits } from './buying.mts';
import { runNode, type RunOptions, type RunOutcome } from './harness.mts';
import { timeLapse } from './timeLapse.mts';

// An n8n that starts runs an execution twice which comes in at the wrong moment.
timeLapse(20);
withSimulator();

let executions = 0;
let executionId: string;
beforeEach(() => (executionId = `twice-${++executions}`));

const three = () => ['x', 'y', 'x'].map((prompt) => item({}, { prompt }));

const run = async (operation: string, more: Partial<RunOptions> = {}): Promise<RunOutcome> =>
	await runNode({
		simulator,
		items: three(),
		parameters: {
			operation,
			prompt: '={{ $json.prompt }}',
			waitOptions: { pollInterval: 0.2 },
		},
		mode: 'webhook',
		workflowId: 'ran-twice',
		executionId,
		...more,
	});

const idsOf = ({ items }: RunOutcome) => items.map(({ json }) => json.request_id);
const reuses = ({ items }: RunOutcome) => items.filter(({ json }) => json.reused).length;

describe('an execution that n8n runs twice', () => {
	for (const operation of ['generate', 'create']) {
		test(`${operation}: at once, it buys once, and both get what was bought`, async () => {
			const both = await Promise.all([run(operation), run(operation)]);
			assert.deepEqual(both.map(messageOf), ['', '']);
			assert.deepEqual(idsOf(both[0]), idsOf(both[1]));
			assert.equal(new Set(idsOf(both[0])).size, 3);
			assert.equal(reuses(both[0]) + reuses(both[1]), 3);
			assert.equal(submits().length, 3);
		});

		test(`${operation}: one after the other, it buys once`, async () => {
			const first = await run(operation);
			assert.deepEqual(idsOf(await run(operation)), idsOf(first));
			assert.equal(submits().length, 3);
		});

		test(`${operation}: what may have been bought is not sent again`, async () => {
			simulator.addFaults({ on: 'submit', after: true, reset: true });
			const settings = { onError: 'continueErrorOutput' } as const;
			const items = [item({}, { prompt: 'x' })];
			const both = await Promise.all([1, 2].map(() => run(operation, { items, settings })));
			for (const { errorItems } of both)
				assert.equal((errorItems[0].json.error as { submitted: string }).submitted, 'unknown');
			assert.equal(submits().length, 1);
		});

		test(`${operation}: another execution orders for itself`, async () => {
			await run(operation);
			await run(operation, { executionId: `${executionId}-other` });
			assert.equal(submits().length, 6);
		});
	}
});
