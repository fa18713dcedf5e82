import { buy } from '../support/buy.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { runNode, type RunOptions } from './harness.mts';
import { RETRY } from './scenario.mts';

const UNKNOWN = 'nobody-bought-this';

const bought = async (count: number) => {
	const ids: string[] = [];
	while (ids.length < count) ids.push(await buy(simulator));
	simulator.log.length = 0;
	return ids;
};
const run = async (
	operation: string,
	requestId: unknown,
	more: Partial<RunOptions> = {},
	json = {},
) =>
	await runNode({
		simulator,
		items: [{ json: { other: true } }, { json }],
		parameters: {
			operation,
			requestId: `={{ $itemIndex ? ${JSON.stringify(requestId)} : "${UNKNOWN}-0" }}`,
			waitOptions: { pollInterval: 0.2 },
		},
		settings: { onError: 'continueErrorOutput' },
		...more,
	});
const count = (kind: string) => simulator.log.filter((request) => request.kind === kind).length;

describe('a list of request IDs', () => {
	withSimulator();

	const FORMS: Record<string, (ids: string[]) => unknown> = {
		'with commas': (ids) => ids.join(', '),
		'on lines of their own': (ids) => ` ${ids.join('\r\n')}\n`,
		'as a list': (ids) => ids,
		'as items of Create': (ids) => ids.map((request_id) => ({ request_id, status: 'in_queue' })),
		'with some named twice': ([first, ...others]) => [first, [first, ...others].join(), first],
	};
	for (const [name, form] of Object.entries(FORMS))
		test.each(['getStatus', 'waitForCompletion', 'cancel'])(
			`%s: ${name}, one output item each`,
			async (operation) => {
				const ids = await bought(3);
				const { items, errorItems } = await run(operation, form(ids));
				expect(items.map(({ json, pairedItem }) => [json.request_id, pairedItem])).toStrictEqual(
					ids.map((id) => [id, { item: 1 }]),
				);
				expect(errorItems).toHaveLength(1);
				if (operation !== 'waitForCompletion') return;
				expect(count('file')).toBe(3);
				expect(new Set(items.map(({ binary }) => binary?.data.fileName)).size).toBe(3);
			},
		);

	test('they are waited for at the same time', async () => {
		simulator.planJobs({ runMs: 1500, times: -1 });
		const ids = await bought(4);
		const began = Date.now();
		const { items } = await run('waitForCompletion', ids);
		expect(items).toHaveLength(4);
		expect(Date.now() - began).toBeLessThan(4000);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'%s: each failure is an item of its own',
		async (onError) => {
			const [first, second] = await bought(2);
			const outcome = await run('getStatus', [first, UNKNOWN, 'no id', second], {
				settings: { onError },
			});
			const all = [...outcome.items, ...outcome.errorItems].filter(
				({ pairedItem }) => (pairedItem as { item: number }).item === 1,
			);
			const errors = all.flatMap(({ json }) => (json.error as { message: string }) ?? []);
			expect(all.flatMap(({ json }) => json.request_id ?? [])).toStrictEqual([first, second]);
			expect(errors.map((error) => ({ ...error, message: undefined }))).toStrictEqual([
				{
					submitted: 'unknown',
					request_id: UNKNOWN,
					error_code: 404001,
					http_status: 404,
					message: undefined,
				},
				{ submitted: 'no', message: undefined },
			]);
			expect(errors[0].message).toMatch(new RegExp(UNKNOWN));
			expect(errors[1].message).toMatch(/got 'no id'/);
		},
	);

	test('the error that stops the workflow names all that failed, ready to be pasted', async () => {
		simulator.planJobs({ outcome: 'failed', nth: 2 });
		const [good, failed] = await bought(2);
		const { error, items } = await runNode({
			simulator,
			parameters: { operation: 'waitForCompletion', requestId: [good, failed, UNKNOWN].join() },
		});
		expect(items).toHaveLength(0);
		expect(`${error?.message}`).toMatch(/^2 of 3 requests failed: /);
		expect(`${error?.message}`).toMatch(new RegExp(`${failed}.*${UNKNOWN}`));
		const [, pasted] = /Request IDs to paste: (.*)$/.exec(`${error?.description}`) ?? [];
		expect(pasted).toBe(`${failed}, ${UNKNOWN}`);
		const again = await run('getStatus', pasted);
		expect(again.items.map(({ json }) => json.request_id)).toStrictEqual([failed]);
	});

	test('a retry of the node fetches only what failed', async () => {
		const ids = await bought(3);
		simulator.addFaults({ on: 'status', requestId: ids[1], error: 404001 });
		const { items, error } = await runNode({
			simulator,
			parameters: { operation: 'waitForCompletion', requestId: ids },
			settings: RETRY,
		});
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.request_id)).toStrictEqual(ids);
		expect(count('file')).toBe(3);
	});
});
