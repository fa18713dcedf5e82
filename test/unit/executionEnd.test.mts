import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { msUntilTimeout } from '../../dist/nodes/RunComfy/n8n/executionEnd.js';

const left = (executionTimeout: number | undefined, mode: string, ageS?: number) =>
	msUntilTimeout({
		getWorkflowSettings: () => ({ executionTimeout }),
		getMode: () => mode,
		getExecutionContext: () =>
			ageS === undefined ? undefined : { establishedAt: Date.now() - ageS * 1000 },
	} as unknown as IExecuteSingleFunctions);

describe('the time until n8n ends an execution', () => {
	const seconds = (ms?: number) => Math.round((ms ?? NaN) / 1000);

	test('counts from its beginning', () => {
		expect(seconds(left(60, 'webhook', 20))).toBe(40);
	});
	test('counts from now where the beginning is not known', () => {
		expect(seconds(left(60, 'manual'))).toBe(60);
	});
	test('counts from now where n8n would have ended it: workers time it from its resumption', () => {
		expect(seconds(left(60, 'trigger', 600))).toBe(60);
	});
	test('counts from now in a retry, which keeps the beginning of the first try', () => {
		expect(seconds(left(60, 'retry', 20))).toBe(60);
	});
	for (const none of [undefined, -1, 0])
		test(`is not limited by ${none}`, () => {
			expect(left(none, 'webhook', 20)).toBeUndefined();
		});
});
