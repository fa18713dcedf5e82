/** What a request's state means for the person waiting for it. */
export type Phase = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled' | 'unknown';

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

/** The phase of a `status` value from the API; states are compared in lower case. */
export function phaseOf(status: unknown): Phase {
	return (typeof status === 'string' && PHASES.get(status.trim().toLowerCase())) || 'unknown';
}

/** Whether a request in this phase will not change any more. */
export function isFinal(phase: Phase): boolean {
	return phase === 'completed' || phase === 'failed' || phase === 'cancelled';
}
