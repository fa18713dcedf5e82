import fc from 'fast-check';
import { schedule } from './schedules.mts';
import { play } from './story.mts';
import { check } from './storyRules.mts';
import { timeLapse } from './timeLapse.mts';

const SEED = Number(process.env.RUNCOMFY_TEST_SEED ?? 20261122);
const RUNS = Number(process.env.RUNCOMFY_TEST_SCHEDULES ?? 200);
const AT_ONCE = 16;
/** How long a schedule may take on average, in ms; it takes 200 where little else runs. */
const MOST_MS = 1_000;

timeLapse(50);

test(
	`${RUNS} random schedules with seed ${SEED} neither pay twice nor lose a request`,
	async () => {
		const schedules = fc.sample(schedule, { seed: SEED, numRuns: RUNS });
		const failures: string[] = [];
		const counts = { bought: 0, executions: 0, failed: 0, reused: 0, limited: 0 };
		const worker = async () => {
			for (let next = schedules.pop(); next; next = schedules.pop()) {
				try {
					const story = await play(next);
					check(next, story);
					const executions = story.rounds.flatMap((round) => round.executions);
					counts.bought += story.simulator.jobs.size;
					counts.executions += executions.length;
					for (const { error, items, errorItems } of executions) {
						const text = JSON.stringify(items);
						if (error || errorItems.length || text.includes('"error":')) counts.failed++;
						if (/"?reused\\*"?:\s*true/.test(text)) counts.reused++;
					}
					if (story.simulator.log.some(({ answered }) => answered === 429)) counts.limited++;
				} catch (error) {
					failures.push(`${(error as Error).message}\n  ${JSON.stringify(next)}`);
				}
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, worker));
		console.log(
			`${counts.executions} executions, ${counts.failed} with failures; ${counts.bought} jobs bought, ` +
				`${counts.reused} executions used some again; ${counts.limited} schedules were answered 429`,
		);
		expect({ failed: failures.length, first: failures.slice(0, 5) }).toStrictEqual({
			failed: 0,
			first: [],
		});
	},
	RUNS * MOST_MS,
);
