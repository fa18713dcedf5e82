import { isFinal, phaseOf } from '../../dist/nodes/RunComfy/api/states.js';

const PHASES: Record<string, string[]> = {
	queued: ['in_queue', 'pending', 'waiting'],
	running: ['in_progress', 'starting', 'processing'],
	completed: ['completed', 'succeeded'],
	failed: ['failed'],
	cancelled: ['cancelled', 'canceled'],
	ended: [
		'error',
		'errored',
		'fail',
		'internal_failure',
		'rejected',
		'rejected_by_provider',
		'refused',
		'access_denied',
		'expired',
		'timeout',
		'time-out',
		'timed_out',
		'timed out',
		'aborted',
		'blocked',
		'content_blocked',
		'terminated',
		'killed',
		'user_cancelled',
		'completed_with_errors',
		'unknown_error',
	],
};

for (const [phase, states] of Object.entries(PHASES))
	test(`${states.join(', ')} mean ${phase}, in any case`, () => {
		for (const state of states)
			for (const spelt of [state, state.toUpperCase(), ` ${state}\n`])
				expect(phaseOf(spelt)).toBe(phase);
	});

test('everything else is unknown', () => {
	for (const state of ['', 'done', 'constructor', '__proto__', 'toString', 1, null, undefined, {}])
		expect([String(state), phaseOf(state)]).toStrictEqual([String(state), 'unknown']);
});

test('a word that speaks of what goes on, or of no end, is none', () => {
	for (const state of [
		...['aborting', 'cancelling', 'blocking', 'retry_after_error', 'retrying_failed'],
		...['cancel_requested', 'failed_pending_retry', 'waiting_for_blocked', 'blocked_in_queue'],
		...['not_failed', 'no_error', 'non_blocked', 'not_cancellable'],
		...['reviewing', 'rendering', 'post_processing', 'scheduled', 'ready', 'archived'],
	])
		expect([state, phaseOf(state)]).toStrictEqual([state, 'unknown']);
});

test('only an end is final', () => {
	const final = [...Object.keys(PHASES), 'unknown'].filter((phase) => isFinal(phase as never));
	expect(final).toStrictEqual(['completed', 'failed', 'cancelled', 'ended']);
});
