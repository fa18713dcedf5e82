import { media } from '../../fixtures/media.mts';
import type { Job } from '../../../simulator/index.mts';
import { buy } from '../../support/buy.mts';
import { startLinkHost, type LinkHost } from '../../support/linkHost.mts';
import { sha256 } from '../../support/sha256.mts';
import { simulator, withSimulator } from '../../support/simulator.mts';
import { until } from '../../support/until.mts';
import { dataUri, PICTURE, result, status, submit } from './calls.mts';

const PHOTO = media('photo.jpg');
const CLIP = media('clip.mp4');
const received = { type: 'image/jpeg', bytes: PHOTO.length, sha256: sha256(PHOTO) };

let host: LinkHost;
beforeAll(async () => {
	host = await startLinkHost((request, response) => {
		if (request.url === '/gone.jpg') response.writeHead(404).end();
		else response.writeHead(200, { 'content-type': 'image/jpeg' }).end(PHOTO);
	});
});
beforeEach(() => (host.log.length = 0));
afterAll(() => host.close());

const jobOf = (id: string): Job => simulator.jobs.get(id)!;
const ended = async (id: string) => {
	await until('the files are there', () => !jobOf(id).isFetching, { everyMs: 5 });
	return await result(id);
};

describe('files behind links that are fetched', () => {
	withSimulator({ fetchLinks: true });

	test('are received, beside those in the request', async () => {
		const [image, video] = [dataUri('image/jpeg', PHOTO), dataUri('video/mp4', CLIP)];
		const id = await buy(simulator, { images: [image, `${host.url}/a.jpg`], video });
		expect((await ended(id)).status).toBe('completed');
		expect(jobOf(id).received).toStrictEqual([
			{ field: 'images.0', from: 'data', ...received },
			{
				field: 'video',
				from: 'data',
				type: 'video/mp4',
				bytes: CLIP.length,
				sha256: sha256(CLIP),
			},
			{ field: 'images.1', from: 'link', contentType: 'image/jpeg', ...received },
		]);
		expect(
			host.log.map(({ method, path, headers }) => [method, path, headers.authorization]),
		).toStrictEqual([['GET', '/a.jpg', undefined]]);
	});

	test("by n8n's own name for this machine too", async () => {
		const url = `${host.url.replace('127.0.0.1', 'localhost')}/a.jpg`;
		expect((await ended(await buy(simulator, { images: [url] }))).status).toBe('completed');
	});

	test('make the job fail where they are gone, and the error names the link', async () => {
		const url = `${host.url}/gone.jpg`;
		const { status, error, output } = await ended(await buy(simulator, { images: [url] }));
		expect([status, output]).toStrictEqual(['failed', undefined]);
		expect(error).toBe(`Could not download ${url}: HTTP status 404`);
	});

	test('and where their host cannot be reached', async () => {
		simulator.planJobs({ unreachable: true });
		const url = `${host.url}/a.jpg`;
		const { status, error } = await ended(await buy(simulator, { images: [url] }));
		expect(status).toBe('failed');
		expect(error).toBe(`Could not download ${url}: connection timed out`);
		expect(host.log).toHaveLength(0);
	});
});

describe('by default', () => {
	withSimulator();

	test('links are accepted unread', async () => {
		const id = await buy(simulator, { images: [`${host.url}/a.jpg`, PICTURE] });
		expect(await status(id).then(({ status }) => status)).toBe('completed');
		expect([jobOf(id).received, host.log]).toStrictEqual([[], []]);
	});

	test('unless a plan has them fetched, at its time', async () => {
		simulator.planJobs({ fetchMs: 200 });
		const id = await buy(simulator, { images: [`${host.url}/a.jpg`] });
		expect((await status(id)).status).toBe('in_progress');
		expect(host.log).toHaveLength(0);
		expect((await ended(id)).status).toBe('completed');
		expect(jobOf(id).received).toStrictEqual([
			{ field: 'images.0', from: 'link', contentType: 'image/jpeg', ...received },
		]);
	});

	test('data URIs or links are refused on demand, and the other form is taken', async () => {
		const [data, link] = [dataUri('image/jpeg', PHOTO), PICTURE];
		for (const [refuse, wrong, right, msg] of [
			['data', data, link, 'must be a public https URL'],
			['links', link, data, 'must be a data URI'],
		] as const) {
			simulator.reset();
			simulator.addFaults({ on: 'submit', refuse, times: -1 });
			expect((await submit({ prompt: 'a', images: [right] })).http).toBe(200);
			const { http, json } = await submit({ prompt: 'a', images: [right, wrong] });
			expect(http).toBe(422);
			expect(json.detail).toStrictEqual([
				{ loc: ['body', 'images', '1'], msg, type: 'value_error' },
			]);
			expect(simulator.jobs.size).toBe(1);
		}
		simulator.reset();
		simulator.addFaults({ on: 'submit', refuse: 'data', status: 415 });
		expect((await submit({ prompt: 'a', images: [data] })).http).toBe(415);
	});

	test("a signature of n8n's is kept nowhere", async () => {
		const secret = 'eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImEifQ.signature';
		const path = '/rest/binary-data/signed?token=';
		const url = `https://n8n.example.com${path}${secret}&name=file.png`;
		const id = await buy(simulator, { images: [url] });
		expect(jobOf(id).body.images).toStrictEqual([url.replace(secret, '[hidden]')]);
		expect(JSON.stringify([simulator.log, [...simulator.jobs]])).not.toMatch(/eyJ/);
	});
});
