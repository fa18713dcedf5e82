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
			expect(most).toBeLessThanOrEqual(4);
			expect(running).toBe(0);
			expect(started).toStrictEqual([...planned.keys()]);
			for (const [at, result] of results.entries())
				expect(result.status).toBe(planned[at].fails ? 'rejected' : 'fulfilled');
		}),
		{ seed: 1 },
	);
});
