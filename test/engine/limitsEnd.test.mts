import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fault } from '../../simulator/index.mts';
import { outcomes } from './checks.mts';
import { itemOf, NUMBERED, submitsOf } from './numbered.mts';
import { ON_ERROR, play, RETRY } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

const FACTOR = 200;
timeLapse(FACTOR);

const LIMITED: Fault = { on: 'submit', status: 429, times: -1 };
const minutesOf = ({ log }: { log: Array<{ atMs: number }> }) =>
	((log.at(-1)!.atMs - log[0].atMs) * FACTOR) / 60_000;

describe('ten minutes in which RunComfy takes nothing', { concurrency: 2 }, () => {
	for (const onError of ON_ERROR)
		test(`${onError}: end the waiting of all items`, async () => {
			const played = await play({
				operation: 'create',
				count: 8,
				faults: [LIMITED],
				parameters: NUMBERED,
				settings: { onError },
			});
			const minutes = minutesOf(played.simulator);
			assert.ok(minutes > 5, `${minutes} minutes`);
			// Four began, then the first one tried alone: after 1, 2, 4, 8 and 16 s, and every 30 s.
			const items = submitsOf(played.simulator).map(itemOf);
			assert.deepEqual([...items.slice(0, 4)].sort(), [0, 1, 2, 3]);
			assert.deepEqual([...new Set(items.slice(4))], [0]);
			assert.ok(items.length <= 4 + 25, `${items.length} submits`);
			const { bad } = outcomes(played);
			assert.equal(bad.length, onError === 'stopWorkflow' ? 0 : 8);
			for (const { message, submitted } of bad) {
				assert.match(message, /^RunComfy is limiting requests right now\./);
				assert.equal(submitted, 'no');
			}
			if (!bad.length) assert.match(`${played.error?.message}`, /is limiting requests right now/);
		});

	test('begin anew with Retry On Fail', async () => {
		const settings = { ...RETRY, maxTries: 2 };
		const played = await play({ operation: 'create', faults: [LIMITED], settings });
		const minutes = minutesOf(played.simulator);
		assert.ok(minutes > 12, `${minutes} minutes`);
		assert.match(`${played.error?.message}`, /is limiting requests right now/);
	});
});
