/**
 * What a request's state means for the person waiting for it: `ended` by a word that nobody knows, but that
 * speaks of an end; `unknown` by any other such word, or by none.
 */
export type Phase =
	| 'queued'
	| 'running'
	| 'completed'
	| 'failed'
	| 'cancelled'
	| 'ended'
	| 'unknown';

// RunComfy's pages name in_queue, in_progress, completed and cancelled; its official clients also
// know the others.
const PHASES = new Map<string, Phase>(
	Object.entries({
		in_queue: 'queued',
		pending: 'queued',
		waiting: 'queued',
		in_progress: 'running',
		starting: 'running',
		processing: 'running',
		completed: 'completed',
		succeeded: 'completed',
		failed: 'failed',
		cancelled: 'cancelled',
		canceled: 'cancelled',
	}),
);

// Nobody has seen these, but such a word speaks of an end ("error", "timed_out", "rejected_by_provider"),
const END =
	/error|fail|reject|refus|denied|expir|timed?[_\s-]?out|abort|block|terminat|kill|cancel/;
// unless it speaks of something that goes on ("aborting", "retry_after_error"), or says no ("not_blocked").
const NO_END = /ing$|retr[yi]|request|pending|wait|queue|^(no|not|non|un)[_\s-]/;

/** The phase of a `status` value from the API; states are compared in lower case. */
export function phaseOf(status: unknown): Phase {
	if (typeof status !== 'string') return 'unknown';
	const word = status.trim().toLowerCase();
	return PHASES.get(word) ?? (END.test(word) && !NO_END.test(word) ? 'ended' : 'unknown');
}

/** Whether a request in this phase will not change any more. */
export function isFinal(phase: Phase): boolean {
	return ['completed', 'failed', 'cancelled', 'ended'].includes(phase);
}
