import { simulator, withSimulator } from '../../support/simulator.mts';
import { PICTURE, call, download, result, submit, urlsIn } from './calls.mts';

describe('what a job delivers', () => {
	withSimulator();

	const wan = 'wan-ai/wan-2.7/text-to-image';
	const flux = 'blackforestlabs/flux-2/flash/text-to-image';
	const sound = 'elevenlabs/elevenlabs/music-generation';

	test('as many pictures as ordered, each at its own address', async () => {
		const { json } = await submit({ prompt: 'a', max_images: 3 }, wan);
		const { output, cost } = await result(json.request_id);
		expect(Object.keys(output)).toStrictEqual(['images']);
		expect(new Set(output.images).size).toBe(3);
		for (const url of output.images) expect(await download(url)).toBe('image/png');
		expect(cost).toBe(0.09);
	});

	test('or as planned, in any shape', async () => {
		for (const [output, count] of [
			['images', 2],
			['list', 2],
			['objects', 2],
			['image', 1],
			['string', 1],
			['twice', 3],
			['mixed', 3],
		] as const) {
			simulator.planJobs({ output, fileCount: 2 });
			const { json } = await submit({ prompt: 'a' }, wan);
			const urls = urlsIn((await result(json.request_id)).output);
			expect([output, urls.length]).toStrictEqual([output, count]);
			for (const url of urls) await download(url);
		}
	});

	for (const [id, format, type] of [
		[flux, 'jpeg', 'image/jpeg'],
		[flux, 'webp', 'image/webp'],
		[flux, undefined, 'image/png'],
		[sound, 'wav_cd_quality', 'audio/wav'],
		[sound, 'mp3_high_quality', 'audio/mpeg'],
		['bytedance/seed-audio-1.0/text-to-audio', undefined, 'audio/mpeg'],
	])
		test(`${id} as ${format ?? 'usual'}`, async () => {
			const { json } = await submit({ prompt: 'a', output_format: format }, String(id));
			const [url] = urlsIn((await result(json.request_id)).output);
			expect(await download(url)).toBe(type);
			const part = await fetch(url, { headers: { range: 'bytes=0-3' } });
			expect([part.status, (await part.arrayBuffer()).byteLength]).toStrictEqual([206, 4]);
		});

	const prices: Array<[string, object, number | undefined]> = [
		[flux, {}, 0.012],
		[wan, { max_images: 5 }, 0.15],
		[sound, { music_length_ms: 30_000 }, 0.249],
		[sound, {}, 0.332],
		['kling/kling-3.0/pro/text-to-video', {}, 0.84],
		['kling/kling-3.0/pro/text-to-video', { sound: false, duration: 10 }, 1.12],
		['kling/kling-3.0/4k/text-to-video', { duration: 3 }, 1.26],
		['blackforestlabs/flux-3/text-to-video', { duration: '8' }, 0.72],
		['blackforestlabs/flux-3/text-to-video', {}, 0.45],
		['simulator/lyrics/text-to-audio', { lyrics: 'la' }, 0],
		['openai/sora-2/text-to-video', {}, undefined],
	];
	for (const [id, input, usd] of prices)
		test(`${id} with ${JSON.stringify(input)} costs ${usd ?? 'nobody knows what'}`, async () => {
			const { json } = await submit({ prompt: 'a', ...input }, id);
			expect((await result(json.request_id)).cost).toBe(usd);
		});

	test('a cost can come late, or never', async () => {
		simulator.planJobs({ costAfterReads: 1 }, { costAfterReads: -1 });
		const ids = [];
		for (let n = 0; n < 2; n++) ids.push((await submit({ prompt: 'a' }, flux)).json.request_id);
		for (const costs of [
			[undefined, undefined],
			[0.012, undefined],
			[0.012, undefined],
		])
			expect([(await result(ids[0])).cost, (await result(ids[1])).cost]).toStrictEqual(costs);
	});

	test('a rule that is prose: a picture or sounds, not both', async () => {
		const id = 'bytedance/seed-audio-1.0/text-to-audio';
		const both = { prompt: 'a', image_url: PICTURE, audio_urls: ['https://example.com/a.mp3'] };
		expect((await submit(both, id)).http).toBe(422);
	});

	test('a file of a type that the job did not make is nowhere', async () => {
		const { json } = await submit({ prompt: 'a' }, flux);
		expect((await call(`/files/${json.request_id}.gif`)).http).toBe(404);
	});
});
