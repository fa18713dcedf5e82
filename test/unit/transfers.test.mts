import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Transfers } from '../../dist/nodes/RunComfy/run/transfers.js';

test('at most 4 transfers run at a time, in the order they came, whatever fails', async () => {
	const transfer = fc.record({ turns: fc.nat(5), fails: fc.boolean() });
	await fc.assert(
		fc.asyncProperty(fc.array(transfer, { maxLength: 20 }), async (planned) => {
			const transfers = new Transfers();
			const started: number[] = [];
			let [running, most] = [0, 0];
			const results = await Promise.allSettled(
				planned.map(
					async ({ turns, fails }, at) =>
						await transfers.use(async () => {
							started.push(at);
							most = Math.max(most, ++running);
							for (let turn = 0; turn < turns; turn++) await Promise.resolve();
							running--;
							if (fails) throw new Error(`${at}`);
							return at;
						}),
				),
			);
			assert.ok(most <= 4);
			assert.equal(running, 0);
			assert.deepEqual(started, [...planned.keys()]);
			for (const [at, result] of results.entries())
				assert.equal(result.status, planned[at].fails ? 'rejected' : 'fulfilled');
		}),
		{ seed: 1 },
	);
});
