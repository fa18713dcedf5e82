import type { DataUri } from '../../simulator/index.mts';
import { borrowSession, type Session } from '../support/n8n/session.mts';
import { manualTrigger, runComfy, workflow, type Node } from '../support/n8n/workflow.mts';
import { Editor } from './editor.mts';

describe('the form of any model', () => {
	let session: Session;
	let editor: Editor;

	beforeAll(async () => {
		session = await borrowSession({ queueMs: 0, runMs: 500 });
		const { n8n, simulator, credential } = session;
		editor = await Editor.open(n8n.url, n8n.owner);
		const file = { responseFormat: 'file', outputPropertyName: 'photo' };
		const photo: Node = {
			name: 'Photo',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: {
				url: `${simulator.url}/references/photo.png`,
				options: { response: { response: file } },
			},
		};
		const node = { ...runComfy('generate', credential), parameters: { resource: 'model' } };
		const id = await n8n.addWorkflow(workflow('Any model', [manualTrigger, photo, node]));
		await editor.openNode(id, 'RunComfy');
	});

	afterAll(async () => {
		await editor?.close();
		await session?.end();
	});

	/** What was submitted last. */
	const submitted = () =>
		session.simulator.log.findLast(({ kind }) => kind === 'submit')?.body as Record<
			string,
			unknown
		>;

	const view = async () => {
		const { page } = editor;
		await page.getByTestId('node-run-status-success').waitFor();
		const output = page.getByTestId('output-panel');
		await output.getByTestId('radio-button-binary').click();
		await output.getByTestId('ndv-view-binary-data').first().click();
	};

	test('a model is found by its name or its category, with its price', async () => {
		const { page } = editor;
		await page.getByText('Choose a model, and its inputs appear here').waitFor();
		await editor.shoot('model-empty');
		const audio = await editor.searchModel('text-to-audio');
		expect(audio.length).toBeGreaterThanOrEqual(2);
		expect(audio.join(', ')).toContain('Music');
		const found = await editor.searchModel('nano');
		await editor.shoot('model-search');
		for (const name of found) expect(name.trim()).toMatch(/^Nano Banana .* \$0\.\d+ per output$/);
	});

	test('its inputs appear, take the name of a file, and a picture comes out', async () => {
		const { page } = editor;
		await editor.chooseModel('Edit');
		await editor.fill('prompt', 'make it night');
		await editor.fill('image_urls', 'photo');
		await editor.addInput('aspect_ratio', 'Aspect Ratio');
		await editor.select('aspect_ratio', '16:9');
		await editor.shoot('model-form');
		await editor.execute();
		await view();
		await page.locator('[data-test-id=output-panel] img').waitFor();
		await editor.shoot('model-picture');
		const { image_urls: images, ...others } = submitted();
		expect(others).toStrictEqual({ prompt: 'make it night', aspect_ratio: '16:9' });
		expect((images as DataUri[])[0].declaredType).toBe('image/png');
		await page.getByTestId('output-panel').getByText('Back to list').click();
	});

	test('the form follows the model, and a sound comes out', async () => {
		const { page } = editor;
		await editor.searchModel('music');
		await editor.chooseModel('Music');
		await editor.field('image_urls').waitFor({ state: 'detached' });
		// It belongs to no model.
		const prompt = editor.field('prompt').locator('textarea');
		expect(await prompt.inputValue()).toBe('make it night');
		await editor.fill('prompt', 'a slow shanty');
		await editor.addInput('music_length_ms', 'Music Length ms (5000–300000)');
		expect(await editor.field('music_length_ms').locator('input').inputValue()).toBe('40000');
		await editor.fill('music_length_ms', '6000');
		await editor.execute();
		await view();
		await page.locator('[data-test-id=output-panel] audio').waitFor();
		await editor.shoot('model-sound');
		expect(submitted()).toStrictEqual({ prompt: 'a slow shanty', music_length_ms: 6000 });
	});

	test('a list that cannot be read, and a model that is gone, say why', async () => {
		const { page } = editor;
		session.simulator.addFaults({ on: 'models', error: 400004, times: -1 });
		await editor.searchModel('flux');
		await page.getByText('RunComfy does not accept the API token').first().waitFor();
		await editor.shoot('model-list-refused');
		session.simulator.reset();
		await page.keyboard.press('Escape');
		await editor.chooseById('wan-ai/wan-2-7/text-to-image');
		await page.getByText('RunComfy renames and retires models').first().waitFor();
		await editor.shoot('model-gone');
	});

	test('it looks right in the dark', async () => {
		await editor.page.emulateMedia({ colorScheme: 'dark' });
		await editor.chooseById('happyhorse/happyhorse-1.0/video-edit');
		await editor.field('video_url').waitFor();
		await editor.shoot('model-dark');
	});
});
