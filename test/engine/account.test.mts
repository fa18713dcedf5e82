import type { IDataObject } from 'n8n-workflow';
import type { Fault } from '../../simulator/index.mts';
import { startProxy } from '../support/proxy.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { runNode, type RunOptions } from './harness.mts';
import { ON_ERROR, RETRY } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);
withSimulator();

const BALANCE = { resource: 'account', operation: 'getBalance' };

const balance = async (more: Partial<RunOptions> = {}) =>
	await runNode({ simulator, parameters: BALANCE, ...more });
const said = (merge: IDataObject): Fault => ({ on: 'balance', times: -1, merge });
const paths = () => simulator.log.map(({ method, path }) => `${method} ${path}`);

describe('the balance', () => {
	test('is read at the base URL of the credential, with the token', async () => {
		const { items } = await balance();
		expect(items).toStrictEqual([
			{ json: { balance_usd: 25, currency: 'USD' }, pairedItem: { item: 0 } },
		]);
		expect(paths()).toStrictEqual(['GET /prod/v2/balance']);
		expect(simulator.log[0].authorization).toBe('valid');
	});

	test.each(['https://model-api.runcomfy.net', 'https://model-api.runcomfy.net/'])(
		"of %s is at RunComfy's other address",
		async (baseUrl) => {
			// The proxy lets nothing through: where n8n would go is all that counts.
			const proxy = await startProxy({ refuse: () => 'HTTP/1.1 403 Forbidden\r\n\r\n' });
			try {
				const outcome = await balance({
					credential: { baseUrl },
					parameters: { ...BALANCE, requestOptions: { proxy: proxy.url } },
					settings: { onError: 'continueRegularOutput' },
				});
				expect([...new Set(proxy.tunnels)]).toStrictEqual(['api.runcomfy.net:443']);
				expect((outcome.items[0].json.error as IDataObject).submitted).toBe('no');
			} finally {
				await proxy.close();
			}
		},
	);

	test.each([
		[{ balance_usd: 0 }, { balance_usd: 0, currency: 'USD' }],
		[{ balance_usd: -1.25 }, { balance_usd: -1.25, currency: 'USD' }],
		[{ balance_usd: '12.5' }, { balance_usd: 12.5, currency: 'USD' }],
		[{ currency: null }, { balance_usd: 25, currency: 'USD' }],
		[{ currency: 'EUR' }, { balance_usd: 25, currency: 'EUR' }],
		[
			{ balance_usd: null, balance_microdollars: 1_500_000 },
			{ balance_usd: 1.5, currency: 'USD' },
		],
	] as Array<[IDataObject, IDataObject]>)('of %j is an answer', async (merge, expected) => {
		simulator.addFaults(said(merge));
		expect((await balance()).items[0].json).toStrictEqual(expected);
	});

	test('is one for each item, and survives what passes', async () => {
		simulator.addFaults(
			{ on: 'balance', status: 503 },
			{ on: 'balance', status: 429, headers: { 'retry-after': '1' } },
			{ on: 'balance', reset: true },
		);
		const { items } = await balance({ items: [{ json: {} }, { json: {} }, { json: {} }] });
		expect(items.map(({ pairedItem }) => pairedItem)).toStrictEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(simulator.log).toHaveLength(6);
	});

	const refusals: Array<[string, Fault, RegExp, IDataObject]> = [
		[
			'403003 in a 200',
			{ on: 'balance', error: 403003, status: 200, times: -1 },
			/^This API token isn't allowed to read the RunComfy balance/,
			{ error_code: 403003, http_status: 200 },
		],
		[
			'a token that is not valid',
			{ on: 'balance', error: 400004, times: -1 },
			/^RunComfy does not accept the API token/,
			{ error_code: 400004, http_status: 401 },
		],
		[
			'nothing at this address',
			{ on: 'balance', status: 404, body: { message: 'no route' }, times: -1 },
			/^RunComfy returned no balance, since there is none at this address/,
			{ http_status: 404 },
		],
		[
			'an answer without it',
			said({ balance_usd: null, balance_microdollars: null }),
			/^RunComfy returned no balance\./,
			{},
		],
	];
	for (const [title, fault, message, known] of refusals)
		for (const onError of ON_ERROR)
			for (const retry of [false, true])
				test(`${title}, ${onError}, ${retry ? 'with' : 'without'} retry`, async () => {
					simulator.addFaults(fault);
					const settings = { onError, ...(retry && RETRY) };
					const { items, errorItems, error } = await balance({ settings });
					expect(simulator.log.length).toBe(retry ? 3 : 1);
					if (onError === 'stopWorkflow') {
						expect(String(error?.message)).toMatch(message);
						return;
					}
					const rows = onError === 'continueErrorOutput' ? errorItems : items;
					expect(rows).toHaveLength(1);
					const { message: text, ...rest } = rows[0].json.error as IDataObject;
					expect(String(text)).toMatch(message);
					expect(rest).toStrictEqual({ submitted: 'no', ...known });
				});

	test('is not waited for after a stop', async () => {
		simulator.addFaults({ on: 'balance', times: -1, hang: true });
		const { items } = await balance({
			onStart: (stop) => {
				const look = setInterval(() => {
					if (!simulator.log.length) return;
					clearInterval(look);
					stop();
				}, 5);
			},
		});
		expect([items, simulator.log.length]).toStrictEqual([[], 1]);
	});

	test('is told to an agent', async () => {
		const { items } = await balance({ asAgent: [{}] });
		expect(JSON.stringify(items)).toMatch(/balance_usd\W+25\b/);
	});
});
