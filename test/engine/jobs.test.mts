import type { Fault, JobPlan } from '../../simulator/index.mts';
import { endsInError, outcomes } from './checks.mts';
import { ON_ERROR, play } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

interface Good {
	plans?: JobPlan[];
	faults?: Fault[];
	status?: string;
	cost?: number | null;
}

describe('what a job can bring', () => {
	const good: Record<string, Good> = {
		'states in upper case': {
			plans: [{ queueMs: 100 }],
			faults: [{ on: 'status', merge: { status: 'IN_QUEUE' } }],
		},
		'COMPLETED in upper case': {
			faults: [
				{ on: 'status', merge: { status: 'COMPLETED' } },
				{ on: 'result', merge: { status: 'Completed' } },
			],
			status: 'Completed',
		},
		succeeded: { plans: [{ outcome: 'succeeded' }], status: 'succeeded' },
		'synonyms of running': {
			plans: [{ runMs: 300, states: ['pending', 'waiting', 'starting', 'processing'] }],
		},
		'two vocabularies': {
			plans: [{ outcome: 'succeeded', statusOutcome: 'completed' }],
			status: 'succeeded',
		},
		'videos instead of video': { plans: [{ output: 'videos' }] },
		'a bare URL': { plans: [{ output: 'string' }] },
		'a list of URLs': { plans: [{ output: 'list' }] },
		'an object with a URL': { plans: [{ output: 'object' }] },
		'a video that is an object': { plans: [{ output: 'videoObject' }] },
		'a list of objects': { plans: [{ output: 'objects' }] },
		'the same video three times': { plans: [{ output: 'twice' }] },
		'a picture and a sound before the video': { plans: [{ output: 'mixed' }] },
		'a state that nobody knows, then completed': {
			plans: [{ runMs: 200, states: ['reviewing', 'post_processing'] }],
		},
		'an unknown state with a video': {
			plans: [{ outcome: 'done', output: 'video' }],
			status: 'done',
		},
		'an unknown end with a video': {
			plans: [{ outcome: 'completed_with_errors', output: 'video' }],
			status: 'completed_with_errors',
		},
		'"not ready" while it runs': { plans: [{ runMs: 200, notReady: 'both' }] },
		'no cost yet': { plans: [{ costAfterReads: 5 }], cost: null },
		'an unknown status that the result corrects': {
			faults: [{ on: 'status', merge: { status: 'reviewing' } }],
		},
		'a status without a state': { faults: [{ on: 'status', merge: { status: null } }] },
		'a result without a state, once': { faults: [{ on: 'result', merge: { status: null } }] },
		'a result that comes later': {
			faults: [{ on: 'result', merge: { status: 'in_progress', output: null } }],
		},
		'an output that comes later': { faults: [{ on: 'result', merge: { output: null } }] },
	};
	for (const [name, { plans, faults, status = 'completed', cost = 0.42 }] of Object.entries(good))
		test.concurrent.each(['generate', 'waitForCompletion'] as const)(
			`%s: ${name} is a video`,
			async (operation) => {
				const played = await play({ operation, plans, faults });
				const [item] = outcomes(played).good;
				expect([item.json.status, item.json.cost_usd]).toStrictEqual([status, cost]);
				expect(item.json.video_url).toBe(`${played.simulator.url}/files/${played.ids[0]}.mp4`);
				expect(item.binary?.data.mimeType).toBe('video/mp4');
			},
		);

	test.concurrent('a request ID of digits may be a number', async () => {
		const parameters = { requestId: 12345 };
		const { error, requests } = await play({ operation: 'getStatus', parameters });
		expect(requests).toStrictEqual(['status']);
		expect(`${error?.message}`).toMatch(/request 12345/);
	});

	test.concurrent('a request that nobody knows is not told as perhaps bought', async () => {
		const { error } = await play({
			operation: 'getStatus',
			count: 2,
			faults: [{ on: 'status', times: -1, error: 404001 }],
		});
		expect(`${error?.message}`).not.toMatch(/Perhaps bought/);
	});

	test.concurrent('the log tells each state and each place in the queue once', async () => {
		const place = (position: number) => ({
			on: 'status' as const,
			merge: { status: 'in_queue', queue_position: position },
		});
		const { log, ids } = await play({
			operation: 'generate',
			faults: [place(2), place(2), place(1)],
		});
		const request = `RunComfy: request ${ids[0]} is`;
		expect(log.filter((line) => line.startsWith(request))).toStrictEqual([
			`${request} in_queue, position 2`,
			`${request} in_queue, position 1`,
			`${request} completed`,
		]);
	});

	const bad: Record<string, { plans: JobPlan[]; says: RegExp; status: string }> = {
		'failed with a text': {
			plans: [{ outcome: 'failed', jobError: 'unsafe <b>prompt</b>' }],
			says: /could not make this video.*unsafe/s,
			status: 'failed',
		},
		'failed with an object': {
			plans: [{ outcome: 'failed', jobError: { code: 'E1', message: 'face not found' } }],
			says: /face not found/,
			status: 'failed',
		},
		'failed without a reason': {
			plans: [{ outcome: 'FAILED', jobError: null }],
			says: /could not make this video/,
			status: 'FAILED',
		},
		cancelled: {
			plans: [{ outcome: 'cancelled' }],
			says: /was cancelled/,
			status: 'cancelled',
		},
		canceled: { plans: [{ outcome: 'canceled' }], says: /was cancelled/, status: 'canceled' },
		'failed with a list in JSON in a text': {
			plans: [{ outcome: 'failed', jobError: '{"errors":[{"message":"no face","code":"E7"}]}' }],
			says: /could not make this video.*RunComfy's words: no face \(E7\)/s,
			status: 'failed',
		},
		'failed with a list': {
			plans: [{ outcome: 'failed', jobError: ['no face', { message: 'too dark' }] }],
			says: /RunComfy's words: no face; too dark/,
			status: 'failed',
		},
		'failed with an empty object': {
			plans: [{ outcome: 'failed', jobError: {} }],
			says: /RunComfy gives no reason\. Change the prompt/,
			status: 'failed',
		},
		'failed, though its status says completed': {
			plans: [{ outcome: 'failed', statusOutcome: 'completed' }],
			says: /could not make this video.*The generation failed\./s,
			status: 'failed',
		},
		'an end that nobody knows': {
			plans: [{ outcome: 'expired', jobError: 'waited too long' }],
			says: /has ended as 'expired'.*waited too long/s,
			status: 'expired',
		},
		'an unknown end that only the status knows': {
			plans: [{ outcome: 'rejected', statusOutcome: 'content_blocked' }],
			says: /has ended as 'rejected'/,
			status: 'rejected',
		},
		'a state that nobody knows, at the deadline': {
			plans: [{ outcome: 'archived' }],
			says: /was still archived after 20 s.*goes on at RunComfy/s,
			status: 'archived',
		},
		'completed without a video, with a reason': {
			plans: [{ output: 'none', jobError: 'removed by moderation' }],
			says: /returned no video for it.*RunComfy's words: removed by moderation/s,
			status: 'completed',
		},
		'completed without a video': {
			plans: [{ output: 'none' }],
			says: /is completed, but RunComfy returned no video/,
			status: 'completed',
		},
		'completed with something that is no URL': {
			plans: [{ videoUrl: 'later' }],
			says: /is completed, but RunComfy returned no video/,
			status: 'completed',
		},
	};
	for (const [name, { plans, says, status }] of Object.entries(bad))
		for (const operation of ['generate', 'waitForCompletion'] as const)
			test.concurrent.each(ON_ERROR)(
				`${operation}, %s: ${name} is an error that keeps the ID`,
				async (onError) => {
					const parameters = { waitOptions: { pollInterval: 0.2, timeout: 20 } };
					const scenario = { operation, plans, parameters };
					await endsInError(scenario, onError, { says, status });
				},
			);
});
