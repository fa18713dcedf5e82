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
			expect(both.map(messageOf)).toStrictEqual(['', '']);
			expect(idsOf(both[0])).toStrictEqual(idsOf(both[1]));
			expect(new Set(idsOf(both[0])).size).toBe(3);
			expect(reuses(both[0]) + reuses(both[1])).toBe(3);
			expect(submits()).toHaveLength(3);
		});

		test(`${operation}: one after the other, it buys once`, async () => {
			const first = await run(operation);
			expect(idsOf(await run(operation))).toStrictEqual(idsOf(first));
			expect(submits()).toHaveLength(3);
		});

		test(`${operation}: what may have been bought is not sent again`, async () => {
			simulator.addFaults({ on: 'submit', after: true, reset: true });
			const settings = { onError: 'continueErrorOutput' } as const;
			const items = [item({}, { prompt: 'x' })];
			const both = await Promise.all([1, 2].map(() => run(operation, { items, settings })));
			for (const { errorItems } of both)
				expect((errorItems[0].json.error as { submitted: string }).submitted).toBe('unknown');
			expect(submits()).toHaveLength(1);
		});

		test(`${operation}: another execution orders for itself`, async () => {
			await run(operation);
			await run(operation, { executionId: `${executionId}-other` });
			expect(submits()).toHaveLength(6);
		});
	}
});
