import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Order } from '../simulator/index.mts';
import { onlyError, outcomes, tellsEverythingBought } from './checks.mts';
import { ON_ERROR, play, RETRY, tally } from './scenario.mts';

const job = (order: Omit<Order, 'on'>): Order[] => [{ on: 'job', ...order }];

const CASES: Record<string, { orders: Order[]; says: RegExp; status: string }> = {
	'still running at the deadline': {
		orders: job({ runMs: 60_000 }),
		says: /was still in_progress after 3 s/,
		status: 'in_progress',
	},
	'still queued at the deadline': {
		orders: job({ queueMs: 60_000 }),
		says: /was still in_queue after 3 s/,
		status: 'in_queue',
	},
	'out of reach until the deadline': {
		orders: [...job({ runMs: 60_000 }), { on: 'status', skip: 1, times: -1, status: 503 }],
		says: /could not be reached before the time was up; the last known state is in_progress/,
		status: 'in_progress',
	},
	'told to wait for an hour': {
		orders: [
			...job({ runMs: 60_000 }),
			{ on: 'status', skip: 1, status: 429, headers: { 'retry-after': '3600' } },
		],
		says: /could not be reached before the time was up; the last known state is in_progress/,
		status: 'in_progress',
	},
	'silent until the deadline': {
		orders: [...job({ runMs: 60_000 }), { on: 'status', skip: 1, hang: true }],
		says: /could not be reached before the time was up; the last known state is in_progress/,
		status: 'in_progress',
	},
};

describe('a wait that ends by its deadline', { concurrency: 8 }, () => {
	for (const [name, { orders, says, status }] of Object.entries(CASES))
		for (const operation of ['generate', 'waitForCompletion'] as const)
			for (const onError of ON_ERROR)
				test(`${operation}, ${onError}: ${name} is an error that keeps the ID`, async () => {
					const parameters = { waitOptions: { pollInterval: 0.2, timeout: 3 } };
					const played = await play({ operation, orders, parameters, settings: { onError } });
					const error = onlyError(played, onError);
					const { message, description } = played.error ?? {};
					assert.match(error?.message ?? `${message} ${description}`, says);
					assert.ok((error?.message ?? `${message}`).includes(played.ids[0]));
					if (error) assert.deepEqual([error.request_id, error.status], [played.ids[0], status]);
					if (operation === 'generate') tellsEverythingBought(played);
				});
});

test('a Retry-After that one item is given holds no other past its own deadline', async () => {
	const orders: Order[] = [
		{ on: 'job', times: -1, runMs: 60_000 },
		{ on: 'status', nth: 1, times: -1, status: 429, headers: { 'retry-after': '3600' } },
	];
	const parameters = { waitOptions: { pollInterval: 0.2, timeout: 3 } };
	const settings = { onError: 'continueRegularOutput', ...RETRY } as const;
	const played = await play({ operation: 'generate', count: 3, orders, parameters, settings });
	assert.equal(outcomes(played).bad.length, 3);
	assert.equal(tally(played.requests).submit, 3);
	tellsEverythingBought(played);
});
