import { simulator, withSimulator } from '../support/simulator.mts';
import { runNode } from './harness.mts';

const fromAi = (name: string, type = 'string') => `={{ $fromAI('${name}', '', '${type}') }}`;

describe('the tool of an AI agent', () => {
	withSimulator();

	for (const count of [1, 2])
		for (const retryOnFail of [false, true]) {
			const items = Array.from({ length: count }, (_, at) => ({ json: { at } }));
			const title = `${count} items, ${retryOnFail ? 'with' : 'without'} retry`;

			test(`${title}: each call makes its own video`, async () => {
				const outcome = await runNode({
					simulator,
					items,
					settings: { retryOnFail },
					parameters: { operation: 'create', prompt: fromAi('prompt') },
					asAgent: [{ prompt: 'one' }, { prompt: 'two' }],
				});
				const answers = Object.values(outcome.items[0].json).map((text) => JSON.parse(`${text}`));
				const ids = [...simulator.jobs.keys()];
				expect(answers.map(([{ request_id }]) => request_id)).toStrictEqual(ids);
				expect([...simulator.jobs.values()].map(({ body }) => body.prompt)).toStrictEqual([
					'one',
					'two',
				]);
			});

			test(`${title}: a call that fails says so, and its retry buys nothing twice`, async () => {
				simulator.addFaults({ on: 'submit', reset: true, after: true });
				const outcome = await runNode({
					simulator,
					items,
					settings: { retryOnFail, maxTries: 2, waitBetweenTries: 0 },
					parameters: { operation: 'create', prompt: fromAi('prompt') },
					asAgent: [{ prompt: 'one' }],
				});
				expect(`${outcome.items[0].json[0]}`).toMatch(/may or may not have been bought/);
				expect(`${outcome.items[0].json[0]}`).not.toMatch(/<br>|&\w+;/);
				expect(simulator.jobs.size).toBe(1);
			});

			test(`${title}: each look is a look`, async () => {
				const outcome = await runNode({
					simulator,
					items,
					settings: { retryOnFail, maxTries: 2, waitBetweenTries: 0 },
					parameters: { operation: 'getStatus', requestId: fromAi('id') },
					asAgent: [{ id: 'one' }, { id: 'two' }],
				});
				expect(`${outcome.items[0].json[0]}`).toMatch(/request one/);
				expect(`${outcome.items[0].json[1]}`).toMatch(/request two/);
			});
		}
});
