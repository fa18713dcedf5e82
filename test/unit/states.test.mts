import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFinal, phaseOf } from '../../dist/nodes/RunComfy/api/states.js';

const PHASES: Record<string, string[]> = {
	queued: ['in_queue', 'pending', 'waiting'],
	running: ['in_progress', 'starting', 'processing'],
	completed: ['completed', 'succeeded'],
	failed: ['failed'],
	cancelled: ['cancelled', 'canceled'],
};

for (const [phase, states] of Object.entries(PHASES))
	test(`${states.join(', ')} mean ${phase}, in any case`, () => {
		for (const state of states)
			for (const spelt of [state, state.toUpperCase(), ` ${state}\n`])
				assert.equal(phaseOf(spelt), phase);
	});

test('everything else is unknown', () => {
	for (const state of ['', 'done', 'constructor', '__proto__', 'toString', 1, null, undefined, {}])
		assert.equal(phaseOf(state), 'unknown', String(state));
});

test('only an end is final', () => {
	const final = [...Object.keys(PHASES), 'unknown'].filter((phase) => isFinal(phase as never));
	assert.deepEqual(final, ['completed', 'failed', 'cancelled']);
});
