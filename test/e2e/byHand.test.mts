import { readFile } from 'node:fs/promises';
import { media } from '../fixtures/media.mts';
import { REFUSED_TOKEN } from '../support/n8n/credential.mts';
import { borrowSession, type Session } from '../support/n8n/session.mts';
import { manualTrigger, workflow, type Node } from '../support/n8n/workflow.mts';

let session: Session;
beforeAll(async () => {
	session = await borrowSession();
});
afterAll(() => session.end());

/** The node that the README shows to whoever writes workflows by hand. */
async function nodeInReadme(): Promise<Node> {
	const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
	const [, json] = /### Written by hand[^]*?```json\n([^]*?)```/.exec(readme) ?? [];
	return JSON.parse(json);
}

/** Puts a photo on the item, as a form or a drive does. */
const photo: Node = {
	name: 'Photo',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: {
		jsCode: `const data = '${media('photo.jpg').toString('base64')}';
return [{
	json: { ...$input.first().json },
	binary: { photo_1: { data, mimeType: 'image/jpeg', fileName: 'photo.jpg' } },
}];`,
	},
};

test('the node in the README does what it says', async () => {
	const { n8n, simulator, credential } = session;
	const node = await nodeInReadme();
	const id = await n8n.addWorkflow(
		workflow(
			'By hand',
			[manualTrigger, photo, { ...node, credentials: { runComfyApi: credential } }],
			{
				items: [{ action: 'waves', photo_url: `${simulator.url}/references/photo.png` }],
			},
		),
	);
	const { status, outputs, error } = await n8n.run(id);
	expect([status, error?.message]).toStrictEqual(['success', undefined]);
	const [submit] = simulator.log.filter(({ kind }) => kind === 'submit');
	const { prompt, images } = submit.body as { prompt: string; images: unknown[] };
	expect(prompt).toBe('The person of Figure 1 waves in front of the house of Figure 2');
	expect(images).toHaveLength(2);
	expect(outputs.RunComfy[0][0].binary?.data.mimeType).toBe('video/mp4');
});

test('a credential is tested as the node uses it, however its token was pasted', async () => {
	const { n8n, simulator, credential } = session;
	const tested = async (apiToken: string) => {
		const data = { apiToken, baseUrl: simulator.url };
		const credentials = { ...credential, type: 'runComfyApi', data };
		return await n8n.rest<{ status: string; message: string }>('POST', '/rest/credentials/test', {
			credentials,
		});
	};
	for (const pasted of [
		` "${simulator.token}"\n`,
		`Bearer ${simulator.token}`,
		`\u00a0${simulator.token}`,
	])
		expect([pasted, (await tested(pasted)).status]).toStrictEqual([pasted, 'OK']);
	const { status, message } = await tested('clé');
	expect(status).toBe('Error');
	expect(message).toMatch(REFUSED_TOKEN);
});
