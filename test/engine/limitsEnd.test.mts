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

describe('ten minutes in which RunComfy takes nothing', () => {
	test.concurrent.each(ON_ERROR)('%s: end the waiting of all items', async (onError) => {
		const played = await play({
			operation: 'create',
			count: 8,
			faults: [LIMITED],
			parameters: NUMBERED,
			settings: { onError },
		});
		const minutes = minutesOf(played.simulator);
		expect(minutes).toBeGreaterThan(5);
		// Four began, then the first one tried alone: after 1, 2, 4, 8 and 16 s, and every 30 s.
		const items = submitsOf(played.simulator).map(itemOf);
		expect([...items.slice(0, 4)].sort()).toStrictEqual([0, 1, 2, 3]);
		expect([...new Set(items.slice(4))]).toStrictEqual([0]);
		expect(items.length).toBeLessThanOrEqual(4 + 25);
		const { bad } = outcomes(played);
		expect(bad.length).toBe(onError === 'stopWorkflow' ? 0 : 8);
		for (const { message, submitted } of bad) {
			expect(message).toMatch(/^RunComfy is limiting requests right now\./);
			expect(submitted).toBe('no');
		}
		if (!bad.length) expect(`${played.error?.message}`).toMatch(/is limiting requests right now/);
	});

	test.concurrent('begin anew with Retry On Fail', async () => {
		const settings = { ...RETRY, maxTries: 2 };
		const played = await play({ operation: 'create', faults: [LIMITED], settings });
		const minutes = minutesOf(played.simulator);
		expect(minutes).toBeGreaterThan(12);
		expect(`${played.error?.message}`).toMatch(/is limiting requests right now/);
	});
});
