import { readdir } from 'node:fs/promises';
import { temporaryFolder } from '../../../scripts/runtime/instance.mjs';
import type { Item } from '../../support/n8n/server.mts';
import { borrowSession } from '../../support/n8n/session.mts';
import type { Session } from '../../support/n8n/session.mts';
import { buy } from '../../support/buy.mts';
import { adaptedExample } from './example.mts';

const PROMPTS = [
	'Figure 1 waves',
	'Figure 1 jumps',
	'Figure 1 sings',
	'Figure 1 runs',
	'Figure 1 naps',
];

let session: Session;
let folder: string;

beforeAll(async () => {
	folder = await temporaryFolder('n8n-nodes-runcomfy-failed');
	session = await borrowSession();
});

afterAll(async () => await session?.end());

test('failed items are collected with their request ids, and fetched again for nothing', async () => {
	const { n8n, simulator, credential } = session;
	const clips = PROMPTS.map((prompt) => ({ prompt, image_url: 'https://example.com/a.jpg' }));
	const parameters = {
		'Your Clips': { jsonOutput: JSON.stringify({ clips }) },
		'Wait a Bit': { amount: 1, unit: 'seconds' },
	};
	const options = { credential, folder, parameters };
	const example = await adaptedExample('failed-items-fetched-again.json', options);
	const other = await buy(simulator, { prompt: 'a clip whose file stands in' });
	simulator.planJobs(
		{ nth: 3, outcome: 'failed', jobError: 'no face' },
		{ nth: 4, videoUrl: `${simulator.url}/files/${other}.mp4` },
	);
	simulator.addFaults(
		// The link is read anew once: two answers make the download fail.
		{ on: 'file', requestId: other, status: 404, times: 2 },
		{ on: 'submit', nth: 5, error: 400002 },
		{ on: 'submit', nth: 6, after: true, reset: true },
	);
	const { status, outputs } = await n8n.run(await n8n.addWorkflow(example));

	expect(status).toBe('success');
	expect(session.submits()).toBe(1 + PROMPTS.length);
	const [, fine, broken, late] = [...simulator.jobs.values()];
	const collected = outputs['Failed Items'][0].map(({ json }) => json);
	expect(
		collected.map(({ request_id, submitted }) => [request_id, submitted]).sort(),
	).toStrictEqual(
		[
			['', 'no'],
			['', 'unknown'],
			[broken.requestId, 'yes'],
			[late.requestId, 'yes'],
		].sort(),
	);
	for (const { requestId, body } of [broken, late]) {
		const { prompt, reason } = collected.find(({ request_id }) => request_id === requestId);
		expect(prompt).toBe(body.prompt);
		expect(reason).toContain(requestId);
	}

	const idsOf = (items: Item[]) => items.map(({ json }) => json.request_id);
	const [fetched, stillFailing] = outputs['Fetch Again'];
	expect(idsOf(fetched)).toStrictEqual([late.requestId]);
	expect(idsOf(outputs['Still Failing'][0])).toStrictEqual([broken.requestId]);
	expect(stillFailing[0].json.error.message).toMatch(/no face/);
	expect(idsOf(outputs['Not Bought, or Not Known'][0])).toStrictEqual(['', '']);
	const files = [fine, late].map(({ requestId }) => `${requestId}.mp4`);
	expect((await readdir(folder)).sort()).toStrictEqual(files.sort());
});
