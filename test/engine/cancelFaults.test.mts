import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Order } from '../simulator/index.mts';
import { onlyError, outcomes } from './checks.mts';
import { ON_ERROR, play, RETRY } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

const FAULTS: Record<string, { order: Omit<Order, 'on'>; says: RegExp }> = {
	'500': { order: { status: 500 }, says: /did not confirm the cancellation/ },
	reset: { order: { reset: true }, says: /did not confirm the cancellation/ },
	HTML: { order: { html: true }, says: /did not confirm the cancellation/ },
	'HTML with 200': { order: { html: true, status: 200 }, says: /did not confirm the cancellation/ },
	'429': { order: { status: 429 }, says: /did not confirm the cancellation/ },
	'cut in half': { order: { truncate: true }, says: /did not confirm the cancellation/ },
	gone: { order: { error: 404001 }, says: /never existed, was deleted or has expired/ },
	'gone, in a 200': { order: { error: 404001, status: 200 }, says: /never existed/ },
	'of another user': { order: { error: 403001 }, says: /belongs to another RunComfy account/ },
	'a bad token': { order: { error: 400004, status: 401 }, says: /does not accept the API token/ },
};

/** Both fields are optional: then the state is looked at. */
const NEITHER: Order = { on: 'cancel', merge: { outcome: null, status: null } };

describe('cancel', { concurrency: 8 }, () => {
	const simulator = { queueMs: 60_000 };

	for (const onError of ON_ERROR)
		for (const retry of [false, true])
			for (const [name, { order, says }] of Object.entries(FAULTS))
				test(`${onError}, ${retry ? 'with' : 'without'} retry: ${name}`, async () => {
					const settings = { onError, ...(retry && RETRY) };
					const orders: Order[] = [{ on: 'cancel', ...order }];
					const played = await play({ operation: 'cancel', orders, settings, simulator });
					assert.deepEqual(played.requests, retry ? ['cancel', 'cancel'] : ['cancel']);
					if (retry) {
						assert.equal(outcomes(played).good.length, 1);
						return;
					}
					const error = onlyError(played, onError);
					const { message = '', description = '' } = played.error ?? {};
					assert.match(error?.message ?? `${message} ${description}`, says);
					assert.ok((error?.message ?? message).includes(played.ids[0]));
				});

	const outcomesOf: Record<string, { orders: Order[]; outcome: string; running?: boolean }> = {
		'a queued request': { orders: [], outcome: 'cancelled' },
		'a running request': { orders: [], outcome: 'not_cancellable', running: true },
		'a request that is held': {
			orders: [{ on: 'job', notCancellable: true }],
			outcome: 'not_cancellable',
		},
		'an answer without outcome': {
			orders: [{ on: 'cancel', merge: { outcome: null } }],
			outcome: 'cancelled',
		},
		'an answer with neither': { orders: [NEITHER], outcome: 'cancelled' },
		'an answer with neither, for a running request': {
			orders: [NEITHER],
			outcome: 'not_cancellable',
			running: true,
		},
		'American spelling': {
			orders: [{ on: 'cancel', merge: { outcome: 'CANCELED' } }],
			outcome: 'cancelled',
		},
	};
	test('without outcome, a request that is still queued was not cancelled for sure', async () => {
		const orders: Order[] = [{ on: 'job', notCancellable: true }, NEITHER];
		const settings = { onError: 'continueErrorOutput' } as const;
		const played = await play({ operation: 'cancel', orders, settings, simulator });
		const error = onlyError(played, 'continueErrorOutput');
		assert.match(`${error?.message}`, /did not confirm the cancellation/);
		assert.deepEqual(played.requests, ['cancel', 'status']);
	});

	for (const [name, { orders, outcome, running }] of Object.entries(outcomesOf))
		test(`${name} is ${outcome}`, async () => {
			const times = running ? { runMs: 60_000 } : simulator;
			const { items, ids } = await play({ operation: 'cancel', orders, simulator: times });
			const { request_id, outcome: said, is_cancelled } = items[0].json;
			assert.deepEqual(
				[request_id, said, is_cancelled],
				[ids[0], outcome, outcome === 'cancelled'],
			);
		});
});
