import { cleanUp } from '../../scripts/runtime/cleanup.mjs';
import { startSimulator, type Simulator } from '../../simulator/index.mts';
import { REFUSED_TOKEN } from '../support/n8n/credential.mts';
import { Server } from '../support/n8n/server.mts';
import { Editor } from './editor.mts';

const NAMES = ['person', 'cup', 'street'];

describe('in the editor', () => {
	let simulator: Simulator;
	let editor: Editor;
	let links: string[];

	beforeAll(async () => {
		simulator = await startSimulator({ runMs: 1500 });
		links = NAMES.map((name) => `${simulator.url}/references/${name}.jpg`);
		const n8n = await Server.start({ editor: true });
		editor = await Editor.open(n8n.url, n8n.owner);
	});

	afterAll(async () => {
		await editor?.close();
		await simulator?.close();
		await cleanUp();
	});

	test('the node is found by what users call it', async () => {
		await editor.newWorkflow();
		for (const text of ['kling', 'reference to video', 'character video', 'runcomfy']) {
			expect(await editor.search(text)).toContain('RunComfy');
		}
		await editor.choose('RunComfy');
		await editor.page.getByText('Generate video').waitFor();
		await editor.shoot('actions');
		await editor.choose('Generate video');
		await editor.page.getByTestId('ndv').waitFor();
		await editor.shoot('empty-form');
	});

	test('the credential says in words whether it works', async () => {
		const { page } = editor;
		await page.getByTestId('node-credentials-empty-state').getByRole('button').first().click();
		const modal = page.getByTestId('editCredential-modal');
		const save = modal.getByTestId('credential-save-button').locator('button');
		await modal.getByTestId('parameter-input-apiToken').locator('input').fill('mistyped');
		await modal.getByTestId('parameter-input-baseUrl').locator('input').fill(simulator.url);
		await save.click();
		await modal.getByText('More details').click();
		await modal.getByText(REFUSED_TOKEN).first().waitFor();
		await editor.shoot('credential-refused');

		await modal.getByTestId('parameter-input-apiToken').locator('input').fill(simulator.token);
		await save.click();
		const passed = modal.getByTestId('credentials-config-container-test-success');
		// n8n may close the dialog by itself after a test that passed
		await Promise.race([passed.waitFor(), modal.waitFor({ state: 'hidden' })]);
		await editor.shoot('credential-accepted');
		if (await modal.isVisible()) await modal.getByRole('button', { name: 'Close' }).first().click();
		// The test costs nothing.
		expect(simulator.log.some(({ kind }) => kind === 'submit')).toBe(false);
	});

	test('three references are put in order by mouse, and the clip plays', async () => {
		const { page } = editor;
		await editor.fill('prompt', 'Figure 1 hands Figure 2 over in Figure 3');
		for (const [position, link] of links.entries()) {
			await page
				.getByTestId('fixed-collection-referenceImages')
				.getByTestId('fixed-collection-add')
				.click();
			await editor.select('source', 'URL', position);
			await editor.fill('url', link, position);
		}
		await dragToTop(editor, links[2]);
		await editor.shoot('filled-form');
		simulator.reset();
		await editor.execute();
		await page.getByTestId('node-run-status-success').waitFor();
		const submits = simulator.log.filter(({ kind }) => kind === 'submit');
		expect(submits).toHaveLength(1);
		expect((submits[0].body as { images: string[] }).images).toStrictEqual([
			links[2],
			links[0],
			links[1],
		]);

		await page.getByTestId('output-panel').getByTestId('radio-button-binary').click();
		await page.getByTestId('ndv-view-binary-data').click();
		const video = page.locator('[data-test-id=output-panel] video');
		await video.waitFor();
		await page.waitForFunction(() => {
			const element = document.querySelector('video');
			return element !== null && element.readyState >= 2 && element.videoWidth === 640;
		});
		await editor.shoot('video');
		await page.getByText('Back to list').click();
	});

	test('three failures are told in sentences with a way out', async () => {
		simulator.reset();
		simulator.addFaults({ on: 'submit', error: 400002 });
		await editor.execute();
		const balance = await editor.readFailure();
		await editor.shoot('failure-balance');
		expect(balance.message).toMatch(/^The RunComfy balance is too low for this order/);
		expect(balance.description).toMatch(/Add credit on runcomfy\.com/);

		await editor.fill('url', 'http://192.168.0.5/person.jpg', 0);
		simulator.reset();
		await editor.execute();
		const link = await editor.page.getByText(/does not start with https/).first();
		await link.waitFor();
		await editor.shoot('failure-link');
		// The other two links are looked at.
		expect(simulator.log.map(({ kind }) => kind)).toStrictEqual(['reference', 'reference']);

		await editor.fill('url', links[2], 0);
		simulator.planJobs({
			outcome: 'failed',
			jobError: 'The prompt was rejected by the content filter',
		});
		await editor.execute();
		const refused = editor.page.getByText(/RunComfy could not make this video/).first();
		await refused.waitFor();
		await editor.shoot('failure-provider');
		const { description } = await editor.readFailure();
		expect(description).toMatch(/rejected by the content filter/);
	});

	test('it looks right in the dark', async () => {
		await editor.page.emulateMedia({ colorScheme: 'dark' });
		await editor.shoot('dark-form');
		await editor.page.getByTestId('ndv-close-button').click();
		await editor.shoot('dark-canvas');
	});
});

/** Drags the entry of a link above the others; where a drag falls short, from there again. */
async function dragToTop(editor: Editor, link: string): Promise<void> {
	const { page } = editor;
	const collection = page.getByTestId('fixed-collection-referenceImages');
	const handles = collection.locator('.drag-handle');
	const first = handles.first();
	const order = async () => {
		const inputs = await editor.field('url').locator('textarea, input').all();
		return await Promise.all(inputs.map(async (input) => await input.inputValue()));
	};
	for (let tries = 0; tries < 5; tries++) {
		const position = (await order()).indexOf(link);
		if (position === 0) return;
		await first.evaluate((element) => element.scrollIntoView({ block: 'start' }));
		await handles.nth(position).hover();
		const from = (await handles.nth(position).boundingBox())!;
		const to = (await first.boundingBox())!;
		await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
		await page.mouse.down();
		await page.mouse.move(from.x, to.y + 20, { steps: 15 });
		await page.mouse.move(from.x, to.y - 10, { steps: 10 });
		await page.mouse.up();
		await page.waitForTimeout(500);
	}
	expect((await order())[0]).toBe(link);
}
