import type { Effect, Fault, JobPlan } from '../../simulator/index.mts';
import { onlyError, outcomes } from './checks.mts';
import { ON_ERROR, play, RETRY } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

interface Case {
	plans?: JobPlan[];
	faults?: Fault[];
	outcome: string;
	running?: boolean;
}

const FAULTS: Record<string, { effect: Effect; says: RegExp }> = {
	'500': { effect: { status: 500 }, says: /did not confirm the cancellation/ },
	reset: { effect: { reset: true }, says: /did not confirm the cancellation/ },
	HTML: { effect: { html: true }, says: /did not confirm the cancellation/ },
	'HTML with 200': {
		effect: { html: true, status: 200 },
		says: /did not confirm the cancellation/,
	},
	'429': { effect: { status: 429 }, says: /did not confirm the cancellation/ },
	'cut in half': { effect: { truncate: true }, says: /did not confirm the cancellation/ },
	gone: { effect: { error: 404001 }, says: /never existed, was deleted or has expired/ },
	'gone, in a 200': { effect: { error: 404001, status: 200 }, says: /never existed/ },
	'of another user': { effect: { error: 403001 }, says: /belongs to another RunComfy account/ },
	'a bad token': { effect: { error: 400004, status: 401 }, says: /does not accept the API token/ },
};

/** Both fields are optional: then the state is looked at. */
const NEITHER: Fault = { on: 'cancel', merge: { outcome: null, status: null } };

describe('cancel', () => {
	const simulator = { queueMs: 60_000 };

	for (const onError of ON_ERROR)
		for (const retry of [false, true])
			test.concurrent.each(Object.entries(FAULTS))(
				`${onError}, ${retry ? 'with' : 'without'} retry: %s`,
				async (_name, { effect, says }) => {
					const settings = { onError, ...(retry && RETRY) };
					const faults: Fault[] = [{ on: 'cancel', ...effect }];
					const played = await play({ operation: 'cancel', faults, settings, simulator });
					expect(played.requests).toStrictEqual(retry ? ['cancel', 'cancel'] : ['cancel']);
					if (retry) {
						expect(outcomes(played).good).toHaveLength(1);
						return;
					}
					const error = onlyError(played, onError);
					const { message = '', description = '' } = played.error ?? {};
					expect(error?.message ?? `${message} ${description}`).toMatch(says);
					expect(error?.message ?? message).toContain(played.ids[0]);
				},
			);

	const outcomesOf: Record<string, Case> = {
		'a queued request': { outcome: 'cancelled' },
		'a running request': { outcome: 'not_cancellable', running: true },
		'a request that is held': {
			plans: [{ notCancellable: true }],
			outcome: 'not_cancellable',
		},
		'an answer without outcome': {
			faults: [{ on: 'cancel', merge: { outcome: null } }],
			outcome: 'cancelled',
		},
		'an answer with neither': { faults: [NEITHER], outcome: 'cancelled' },
		'an answer with neither, for a running request': {
			faults: [NEITHER],
			outcome: 'not_cancellable',
			running: true,
		},
		'American spelling': {
			faults: [{ on: 'cancel', merge: { outcome: 'CANCELED' } }],
			outcome: 'cancelled',
		},
	};
	test.concurrent(
		'without outcome, a request that is still queued was not cancelled for sure',
		async () => {
			const plans = [{ notCancellable: true }];
			const faults = [NEITHER];
			const settings = { onError: 'continueErrorOutput' } as const;
			const scenario = { plans, faults, settings, simulator };
			const played = await play({ operation: 'cancel', ...scenario });
			const error = onlyError(played, 'continueErrorOutput');
			expect(`${error?.message}`).toMatch(/did not confirm the cancellation/);
			expect(played.requests).toStrictEqual(['cancel', 'status']);
		},
	);

	for (const [name, { plans, faults, outcome, running }] of Object.entries(outcomesOf))
		test.concurrent(`${name} is ${outcome}`, async () => {
			const times = running ? { runMs: 60_000 } : simulator;
			const scenario = { plans, faults, simulator: times };
			const { items, ids } = await play({ operation: 'cancel', ...scenario });
			const { request_id, outcome: said, is_cancelled } = items[0].json;
			expect([request_id, said, is_cancelled]).toStrictEqual([
				ids[0],
				outcome,
				outcome === 'cancelled',
			]);
		});
});
