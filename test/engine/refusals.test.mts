import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { simulator, withSimulator } from '../support/simulator.mts';
import { bodies, create, item, messageOf, submits } from './buying.mts';
import { runNode } from './harness.mts';
import { keepsOtherItems } from './n8n.mts';

withSimulator();

/** Items with a duration each, that the node takes by expression. */
const lasting = (...durations: unknown[]): INodeExecutionData[] =>
	durations.map((duration) => item({}, { duration } as IDataObject));
const parameters = { duration: '={{ $json.duration }}' };
const perBatch = (batchSize: number) => ({
	requestOptions: { batching: { batch: { batchSize, batchInterval: 50 } } },
});

const WAY_OUT =
	"To let the other items go on without them, set 'On Error' under Settings to continue. Items are counted from 0, as n8n counts them.";
const refusal = (value: unknown) =>
	`'Duration (Seconds)' must be a whole number from 3 to 15 (got '${value}')`;

describe.each(['create', 'generate'])(
	'%s: all items are checked before the first is bought',
	(operation) => {
		const run: typeof create = async (given, items, more) =>
			await create({ operation, ...given }, items, more);

		test('one wrong item of three', async () => {
			const outcome = await run(parameters, lasting(5, 99, 5));
			expect(submits()).toHaveLength(0);
			expect(outcome.error).toStrictEqual({
				message: `Nothing was bought, because 1 item needs a change. Item 1: ${refusal(99)}.`,
				description: WAY_OUT,
			});
		});

		test('the only item', async () => {
			const outcome = await run(parameters, lasting(2));
			expect(outcome.error).toStrictEqual({
				message: `${refusal(2)}.`,
				description: 'Nothing was bought.',
			});
		});

		test('several wrong items, with all their fields', async () => {
			const outcome = await run(
				{ ...parameters, options: { sound: '={{ $json.duration === 1 ? "loud" : true }}' } },
				lasting(1, 5, 'x'),
			);
			expect(submits()).toHaveLength(0);
			expect(messageOf(outcome)).toBe(
				`Nothing was bought, because 2 items need a change. Item 0: ${refusal(1)}. Item 0: 'Sound' must be true or false (got 'loud'). Item 2: ${refusal('x')}.`,
			);
		});

		test('no more than ten are named', async () => {
			const outcome = await run(parameters, lasting(...Array(12).fill(99)));
			expect(submits()).toHaveLength(0);
			const message = messageOf(outcome);
			expect(message.match(/Item \d+:/g)?.length).toBe(10);
			expect(message).toMatch(/because 12 items need a change.*And 2 more\.$/);
		});

		test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
			'only the right ones are bought with %s',
			async (onError) => {
				const outcome = await run(parameters, lasting(4, 99, 5), { settings: { onError } });
				expect(
					bodies()
						.map(({ duration }) => duration)
						.sort(),
				).toStrictEqual([4, 5]);
				const rows = [...outcome.items, ...outcome.errorItems];
				const error = rows.find(({ json }) => 'error' in json);
				const message = `${refusal(99)}. Nothing was bought.`;
				expect(error?.json.error).toStrictEqual({ message, submitted: 'no' });
				expect(error?.pairedItem).toStrictEqual({ item: 1 });
				expect([outcome.items.length, outcome.errorItems.length]).toStrictEqual(
					onError === 'continueErrorOutput' ? [2, 1] : [3, 0],
				);
			},
		);

		test('an expression that fails for one item', async () => {
			const prompt = '={{ $json.duration === 4 ? $("Nope").item.json.x : "a cat" }}';
			const outcome = await run({ ...parameters, prompt }, lasting(5, 4, 5));
			expect(submits()).toHaveLength(0);
			expect(messageOf(outcome)).toMatch(/Referenced node doesn't exist/);
		});

		test.each([
			['in one batch', {}],
			['in a later batch', perBatch(1)],
		] as const)(
			'an expression that fails for one item %s, and On Error set to continue',
			async (_where, batching) => {
				const prompt = '={{ $json.duration === 4 ? $("Nope").item.json.x : "a cat" }}';
				const settings = { onError: 'continueRegularOutput' } as const;
				const given = { ...parameters, ...batching, prompt };
				const outcome = await run(given, lasting(5, 4, 5), { settings });
				// What an n8n that has dropped the outputs would still buy comes a moment later.
				if (!keepsOtherItems) await sleep(500);
				expect(submits().length).toBe(keepsOtherItems ? 2 : 0);
				expect(outcome.items).toHaveLength(3);
			},
		);

		test('a batch is checked together', async () => {
			const outcome = await run({ ...parameters, ...perBatch(2) }, lasting(5, 99, 5));
			expect(submits().length).toStrictEqual(0);
			expect(messageOf(outcome)).toMatch(/Item 1: 'Duration \(Seconds\)' must be .* \(got '99'\)/);
		});

		test('what an earlier batch bought is named', async () => {
			const outcome = await run({ ...parameters, ...perBatch(2) }, lasting(5, 6, 99));
			expect(submits()).toHaveLength(2);
			const message = messageOf(outcome);
			expect(message).toMatch(/^Nothing more was bought, because 1 item needs a change\. Item 2: /);
			for (const requestId of simulator.jobs.keys()) expect(message).toContain(requestId);
		});

		test('all batches are bought when all is well', async () => {
			const outcome = await run({ ...parameters, ...perBatch(2) }, lasting(5, 6, 7));
			expect(messageOf(outcome)).toBe('');
			expect(bodies().map(({ duration }) => duration)).toStrictEqual([5, 6, 7]);
			expect(outcome.items).toHaveLength(3);
		});

		test('Retry On Fail buys nothing either', async () => {
			const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
			const outcome = await run(parameters, lasting(5, 99, 5), { settings });
			expect(submits()).toHaveLength(0);
			expect(messageOf(outcome)).toMatch(/^Nothing was bought, because 1 item needs a change/);
		});

		test('Execute Once looks at the first item only', async () => {
			const settings = { executeOnce: true };
			const outcome = await run(parameters, lasting(5, 99, 5), { settings });
			expect(messageOf(outcome)).toBe('');
			expect(submits()).toHaveLength(1);
		});
	},
);

describe('what keeps a request from being looked at', () => {
	test.each(['waitForCompletion', 'getStatus', 'cancel'])(
		'%s: without a token, its ID is kept',
		async (operation) => {
			const { items } = await runNode({
				simulator,
				credential: { apiToken: '' },
				parameters: { operation, requestId: 'bought-1' },
				settings: { onError: 'continueRegularOutput' },
			});
			const { error } = items[0].json as { error: IDataObject };
			expect([error.request_id, error.submitted]).toStrictEqual(['bought-1', 'yes']);
			expect(simulator.log).toHaveLength(0);
		},
	);
});

describe('the token of the credential', () => {
	test.each([' "', '\u00a0', '“'])('works as it was pasted: %j', async (around) => {
		const apiToken = `Bearer ${around}${simulator.token}${around}`;
		expect(messageOf(await create({}, [item()], { credential: { apiToken } }))).toBe('');
		expect(submits()).toHaveLength(1);
	});

	test('is refused by the character that cannot be sent', async () => {
		const outcome = await create({}, [item()], { credential: { apiToken: 'rc_clé' } });
		expect(messageOf(outcome)).toBe(
			"'API Token' of the RunComfy credential contains 'é', which no token does.",
		);
		expect(String(outcome.error?.description)).not.toContain('rc_cl');
		expect(simulator.log).toHaveLength(0);
	});
});

test.each([60, 9_999_999_999, 'a while'])(
	'the request timeout %s is refused before anything is bought',
	async (timeout) => {
		const outcome = await create({ requestOptions: { timeout } });
		expect(messageOf(outcome)).toMatch(
			/^'Timeout' under 'Request Options' must be .* 60000 is a minute \(got .*\)/,
		);
		expect(simulator.log).toHaveLength(0);
	},
);

test('a request timeout may be text', async () => {
	await create({ requestOptions: { timeout: '60000' } });
	expect(submits()).toHaveLength(1);
});

test('an expression in the request options that fails for a later batch stops before the first', async () => {
	const requestOptions = {
		batching: { batch: { batchSize: 1, batchInterval: 50 } },
		timeout: "={{ $json.duration === 5 ? 60000 : $('Nobody').first().json.x }}",
	};
	const outcome = await create({ ...parameters, requestOptions }, lasting(5, 6));
	expect(outcome.error).toBeTruthy();
	expect(submits()).toHaveLength(0);
});

test('batches are those that n8n makes, also of two and a half items', async () => {
	const { items } = await create(perBatch(2.5), lasting(5, 5, 5, 5));
	expect(items).toHaveLength(4);
	expect(submits()).toHaveLength(4);
});
