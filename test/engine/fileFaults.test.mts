import type { Effect, Fault } from '../../simulator/index.mts';
import { onlyError, outcomes, tellsEverythingBought } from './checks.mts';
import { ON_ERROR, play, RETRY, tally } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

/** Transient faults: so many downloads, and so many results, make the video. */
const TRANSIENT: Record<string, { effect: Effect; files?: number; results?: number }> = {
	'broken off': { effect: { breakAt: 1000 } },
	'broken off three times': { effect: { breakAt: 1000, times: 3 }, files: 4 },
	'cut before the first byte': { effect: { reset: true } },
	empty: { effect: { empty: true } },
	'standing still': { effect: { stall: true } },
	'announced longer': { effect: { announce: 90_000 } },
	// HTTP ends a body where its announced length ends, so nobody can tell that there was more.
	'announced shorter': { effect: { announce: 1000 }, files: 1 },
	'an HTML page': { effect: { html: true, status: 200 } },
	'JSON instead of a video': { effect: { contentType: 'application/json' } },
	'503': { effect: { status: 503, times: 2 }, files: 3 },
	'429 with an hour to wait': { effect: { status: 429, headers: { 'retry-after': '3600' } } },
	'404, then a fresh result': { effect: { status: 404 }, results: 2 },
	'410, then a fresh result': { effect: { status: 410 }, results: 2 },
	'403, then a fresh result': { effect: { status: 403 }, results: 2 },
	'another address on the same host': { effect: { redirect: '?b' } },
	'a video of no known type': { effect: { contentType: 'application/octet-stream' }, files: 1 },
	'a QuickTime video': { effect: { contentType: 'video/quicktime' }, files: 1 },
};

const NOT_LOST = /paid for and not lost/;
const GONE = /is gone from its host.*was paid for, but cannot be fetched any more/s;
const ELSEWHERE =
	/not lost: turn 'Download Video' off.* fetch its video_url with an HTTP Request node/;

/** Permanent faults: so many downloads, and so many results, are asked for in vain. */
const PERMANENT: Record<
	string,
	{ effect: Effect; files: number; results?: number; says: RegExp; ends?: RegExp }
> = {
	'broken off': { effect: { breakAt: 1000 }, files: 5, says: /aborted|bytes arrived/ },
	empty: { effect: { empty: true }, files: 5, says: /the file is empty/ },
	'announced longer': { effect: { announce: 90_000 }, files: 5, says: /aborted|bytes arrived/ },
	'an HTML page': { effect: { html: true, status: 200 }, files: 5, says: /text\/html instead/ },
	'500': { effect: { status: 500 }, files: 5, says: /HTTP status 500/ },
	'418': { effect: { status: 418 }, files: 1, says: /HTTP status 418/ },
	'404': { effect: { status: 404 }, files: 2, results: 2, says: /HTTP status 404/, ends: GONE },
	'410': { effect: { status: 410 }, files: 2, results: 2, says: /HTTP status 410/, ends: GONE },
	'403': { effect: { status: 403 }, files: 2, results: 2, says: /HTTP status 403/ },
	'larger than 2 GiB': {
		effect: { announce: 3e9 },
		files: 1,
		ends: ELSEWHERE,
		says: /larger than 2 GiB/,
	},
	'another host': {
		effect: { redirect: 'https://example.com/a.mp4' },
		files: 1,
		ends: ELSEWHERE,
		says: /is on example\.com, which is not RunComfy/,
	},
	'a host that only sounds like it': {
		effect: { redirect: 'https://runcomfy.net.example.com/a.mp4' },
		files: 1,
		ends: ELSEWHERE,
		says: /which is not RunComfy/,
	},
	'without https': {
		effect: { redirect: 'http://runcomfy.net/a.mp4' },
		files: 1,
		ends: ELSEWHERE,
		says: /is not an https link/,
	},
	'a file of this machine': {
		effect: { redirect: 'file:///etc/passwd' },
		files: 1,
		ends: ELSEWHERE,
		says: /is not an https link/,
	},
	'a loop': {
		effect: { redirect: '?again' },
		files: 6,
		says: /leads on more than 5 times/,
		ends: ELSEWHERE,
	},
};

describe('a download', () => {
	for (const operation of ['generate', 'waitForCompletion'] as const)
		for (const onError of ON_ERROR)
			for (const retry of [false, true]) {
				const settings = { onError, ...(retry && RETRY) };
				const bought: Record<string, number> = operation === 'generate' ? { submit: 1 } : {};
				const title = `${operation}, ${onError}, ${retry ? 'with' : 'without'} retry`;

				test.concurrent.each(Object.entries(TRANSIENT))(
					`${title}: %s is transient`,
					async (_name, { effect, files = 2, results = 1 }) => {
						const played = await play({ operation, faults: [{ ...effect, on: 'file' }], settings });
						const [item] = outcomes(played).good;
						expect(item.binary?.data).toBeTruthy();
						expect(tally(played.requests)).toStrictEqual({
							...bought,
							status: 1,
							result: results,
							file: files,
						});
						isSentWithoutToken(played.simulator.log);
					},
				);

				test.concurrent.each(Object.entries(PERMANENT))(
					`${title}: %s is permanent`,
					async (_name, { effect, files, results = 1, says, ends = NOT_LOST }) => {
						const fault: Fault = { ...effect, on: 'file', times: -1 };
						const played = await play({ operation, faults: [fault], settings });
						const tries = retry ? 3 : 1;
						expect(tally(played.requests)).toStrictEqual({
							...bought,
							status: tries,
							result: results * tries,
							file: files * tries,
						});
						const error = onlyError(played, onError);
						const { message = '', description = '' } = played.error ?? {};
						const text = error?.message ?? `${message} ${description}`;
						expect(text).toMatch(says);
						expect(text).toMatch(ends);
						const [id] = played.ids;
						const url = `${played.simulator.url}/files/${id}.mp4`;
						if (error) {
							expect([error.request_id, error.status]).toStrictEqual([id, 'completed']);
							expect([error.video_url, error.submitted]).toStrictEqual([url, 'yes']);
						}
						expect(text).toContain(id);
						if (!error) expect(text).toContain(url);
						if (operation === 'generate') tellsEverythingBought(played);
						isSentWithoutToken(played.simulator.log);
					},
				);
			}

	test.concurrent.each([404, 410])(
		'a link that answers %s twice is set apart from what may be there later',
		async (status) => {
			const settings = { onError: 'continueErrorOutput' } as const;
			const faults: Fault[] = [{ on: 'file', status, times: -1 }];
			const played = await play({ operation: 'generate', faults, settings });
			const error = onlyError(played, settings.onError);
			expect(error?.http_status).toBe(status);
			expect(`${error?.message}`).not.toMatch(/not lost|download it again/);
		},
	);

	const links: Record<string, RegExp> = {
		'https://example.com/a.mp4': /is on example\.com, which is not RunComfy/,
		'http://cdn.runcomfy.net/a.mp4': /is not an https link/,
		'ftp://cdn.runcomfy.net/a.mp4': /is not an https link/,
	};
	test.concurrent.each(Object.entries(links))(
		'a result with the link %s is not downloaded, and keeps it',
		async (videoUrl, says) => {
			const settings = { onError: 'continueErrorOutput' } as const;
			const plans = [{ videoUrl }];
			const played = await play({ operation: 'generate', plans, settings });
			expect(played.requests).toStrictEqual(['submit', 'status', 'result']);
			const error = onlyError(played, 'continueErrorOutput');
			expect(`${error?.message}`).toMatch(says);
			expect(`${error?.message}`).toMatch(ELSEWHERE);
			expect(error?.video_url).toBe(videoUrl);
		},
	);

	test.concurrent('a fresh result without a link leaves the old one in use', async () => {
		const faults: Fault[] = [
			{ on: 'file', status: 410 },
			{ on: 'result', skip: 1, merge: { output: null } },
		];
		const played = await play({ operation: 'generate', faults });
		expect(outcomes(played).good).toHaveLength(1);
		expect(tally(played.requests)).toStrictEqual({ submit: 1, status: 1, result: 2, file: 2 });
	});

	test.concurrent('one that stands still every time is given up, and told so', async () => {
		const faults: Fault[] = [{ on: 'file', times: -1, stall: true }];
		const settings = { onError: 'continueErrorOutput' } as const;
		const played = await play({ operation: 'generate', faults, settings });
		expect(tally(played.requests).file).toBe(5);
		expect(`${onlyError(played, 'continueErrorOutput')?.message}`).toMatch(
			/nothing arrived for 60 s/,
		);
		// The last one may be noted a moment after the run.
		const files = played.simulator.log.filter(({ kind }) => kind === 'file').slice(0, -1);
		expect(files.every(({ aborted }) => aborted)).toBe(true);
	});

	test.concurrent('what is not wanted of an answer is not read to its end', async () => {
		const plans = [{ fileBytes: 50_000_000 }];
		const faults: Fault[] = [{ on: 'file', contentType: 'text/html' }];
		const played = await play({ operation: 'generate', plans, faults });
		expect(outcomes(played).good).toHaveLength(1);
		expect(
			played.simulator.log.filter(({ kind }) => kind === 'file').map(({ aborted }) => aborted),
		).toStrictEqual([true, undefined]);
	});

	test.concurrent.each([
		['Scene 2.10', 'Scene 2.10.mp4'],
		['clip.MOV', 'clip.MOV'],
		['a/b', 'a_b.mp4'],
	])('the file name %s becomes %s', async (fileName, expected) => {
		const parameters = { waitOptions: { fileName } };
		const { items } = await play({ operation: 'generate', parameters });
		expect(items[0].binary?.data.fileName).toBe(expected);
	});

	test.concurrent('five items share four slots, and each gets its own video', async () => {
		const faults: Fault[] = [{ on: 'file', times: -1, delayMs: 50 }];
		const played = await play({ operation: 'generate', count: 5, faults });
		const names = played.items.map(({ binary }) => binary?.data.fileName);
		expect(names).toStrictEqual(played.items.map(({ json }) => `${json.request_id}.mp4`));
		expect(tally(played.requests)).toStrictEqual({ submit: 5, status: 5, result: 5, file: 5 });
	});
});

function isSentWithoutToken(log: Array<{ kind: string; authorization: string }>) {
	for (const { kind, authorization } of log)
		expect(authorization).toBe(kind === 'file' ? 'none' : 'valid');
}
