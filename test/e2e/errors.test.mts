import { ERROR_CASES } from './errorCases.mts';
import { ErrorRuns, settled } from './errorRuns.mts';
import { withoutOrder } from './withoutOrder.mts';
import { borrowSession } from '../support/n8n/session.mts';
import type { Session } from '../support/n8n/session.mts';

let session: Session;
let runs: ErrorRuns;

beforeAll(async () => {
	session = await borrowSession();
	runs = await ErrorRuns.prepare(session);
});

beforeEach(() => session.simulator.reset());

afterAll(async () => await session?.end());

for (const [name, faulty] of Object.entries(ERROR_CASES)) {
	const { message, description, submits = 0 } = faulty;

	test(`${name}: what users read`, async () => {
		await runs.assertStops(faulty);

		const { outputs } = await runs.run(faulty, { onError: 'continueRegularOutput' });
		const { text = [message, ...description].join(' ').replaceAll('\u2060', '') } = faulty;
		const json = runs.withId({ error: { message: text, ...faulty.error } });
		for (const [items] of [outputs.RunComfy, outputs.Done]) {
			expect(items).toHaveLength(1);
			const { error: full, ...beside } = items[0].json;
			const error = withoutOrder(full, faulty.operation);
			error.message = settled(String(error.message));
			expect({ ...items[0], json: { ...beside, error } }).toStrictEqual({
				json,
				pairedItem: { item: 0 },
			});
		}
		expect(session.submits()).toBe(submits);
	});
}

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };

test.each(['an answer to the submit that is lost', 'a job that fails'])(
	'%s: Retry On Fail does not buy again',
	async (name) => {
		const { error } = await runs.run(ERROR_CASES[name], RETRY);
		expect(error?.message).toBe(runs.withId(ERROR_CASES[name].message));
		expect(session.submits()).toBe(1);
	},
);

test('Retry On Fail submits again what RunComfy definitely refused', async () => {
	const refused = { ...ERROR_CASES['inputs that RunComfy rejects'], operation: 'generate' };
	const { status } = await runs.run(refused, RETRY);
	expect(status).toBe('success');
	expect(session.submits()).toBe(2);
	expect(session.simulator.jobs.size).toBe(1);
});
