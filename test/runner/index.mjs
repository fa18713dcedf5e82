// Jest's runner for tests of n8n: each file runs in a plain Node.js process of its own, as many at a time as its lane
// allows. Jest's own runner cannot: its vm has other classes than the node, n8n and n8n-core share here, and it took
// ten times as long (165 s instead of 16 for the unit tests). jest-light-runner has no vm either, but no
// `test.concurrent`, no time limits, and one process for many files.
import { LANES } from './lanes.mjs';
import { endProcesses, runInProcess } from './process.mjs';
import { resultOf } from './result.mjs';
import { Slots } from './slots.mjs';

/**
 * Hundreds of tests wait for real processes, and a machine that stands still for a moment is no fault of the node's:
 * in a whole run, what failed runs once more by itself, and is named even if it passes then.
 */
const RUNS_TWICE = Boolean(process.env.RUNCOMFY_TEST_TWICE);

const laneOf = (test) => test.context.config.displayName.name;

/** As jest-runner's CallbackTestRunner: tells of each file when it starts, and when it is done. */
export default class Runner {
	constructor(globalConfig) {
		this.globalConfig = globalConfig;
	}

	async runTests(tests, watcher, onStart, onResult, onFailure) {
		const slots = new Slots();
		const failed = [];
		const { testNamePattern, maxConcurrency } = this.globalConfig;
		const run = async (test) => {
			const start = Date.now();
			const settings = { testNamePattern, maxConcurrency };
			const found = await runInProcess(test.path, LANES[laneOf(test)], settings);
			return resultOf(test, found, start, this.globalConfig);
		};
		// A file without a test in its result did not come that far, which jest would not say.
		const tell = async (test, result) =>
			result.testExecError && result.testResults.length === 0
				? await onFailure(test, result.testExecError)
				: await onResult(test, result);
		const runInTurn = async (test) => {
			if (watcher.isInterrupted()) return;
			await onStart(test);
			const result = await run(test);
			if (RUNS_TWICE && hasFailed(result)) failed.push([test, result]);
			else await tell(test, result);
		};
		await Promise.all(
			tests.map(async (test) => {
				await slots
					.use(laneOf(test), async () => await runInTurn(test))
					.catch(async (error) => await onFailure(test, error));
			}),
		);
		for (const [test, first] of failed) {
			process.stderr.write(
				`\n${first.failureMessage}\n${test.path} failed. Once more, by itself:\n`,
			);
			// Files of a lane that shares its processes are loaded once in each.
			endProcesses();
			const second = await run(test);
			if (!hasFailed(second)) process.stderr.write(`Passed only by itself: ${test.path}\n`);
			await tell(test, second);
		}
		endProcesses();
	}
}

const hasFailed = ({ numFailingTests, testExecError }) => numFailingTests > 0 || testExecError;
