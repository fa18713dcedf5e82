import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';
import { ensureChromium } from '../../scripts/runtime/chromium.mjs';
import { projectDir } from '../../scripts/runtime/node.mjs';

const SCREENSHOTS = join(projectDir, 'output', 'screenshots');

/** Tries at a click that the editor may swallow. */
const MOST_TRIES = 5;

// Everything but loopback is kept from the browser, and what it would look up by itself is off.
const FLAGS = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--disable-features=AutofillServerCommunication,OptimizationHints,MediaRouter',
	'--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

/** n8n's editor in a real browser, by what a user sees and clicks. */
export class Editor {
	readonly page: Page;
	private readonly browser: Browser;
	private readonly url: string;
	private shots = 0;

	private constructor(browser: Browser, page: Page, url: string) {
		this.browser = browser;
		this.page = page;
		this.url = url;
	}

	static async open(url: string, login: { email: string; password: string }): Promise<Editor> {
		selectors.setTestIdAttribute('data-test-id');
		await mkdir(SCREENSHOTS, { recursive: true });
		const browser = await chromium.launch({ executablePath: await ensureChromium(), args: FLAGS });
		const context = await browser.newContext({ viewport: { width: 1500, height: 1000 } });
		context.setDefaultTimeout(20_000);
		const page = await context.newPage();
		await page.goto(`${url}/signin`);
		await page.locator('input[name=emailOrLdapLoginId]').fill(login.email);
		await page.locator('input[name=password]').fill(login.password);
		await page.getByTestId('form-submit-button').click();
		await page.waitForURL(/home|workflow/);
		return new Editor(browser, page, url);
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	/** Keeps what is on the screen as output/screenshots/NN-name.png. */
	async shoot(name: string): Promise<void> {
		const number = String(++this.shots).padStart(2, '0');
		await this.page.screenshot({ path: join(SCREENSHOTS, `${number}-${name}.png`) });
	}

	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.getByTestId('canvas-add-button').waitFor();
		await this.page.getByTestId('canvas-plus-button').click();
	}

	/** Opens the form of a node of a workflow. */
	async openNode(workflowId: string, name: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}`);
		await this.page.locator(`[data-test-id=canvas-node][data-node-name="${name}"]`).dblclick();
		await this.page.getByTestId('ndv').waitFor();
	}

	/** Types into the search of the list of models, and returns what it finds. */
	async searchModel(text: string): Promise<string[]> {
		const items = this.page.getByTestId('rlc-item');
		if (!(await items.first().isVisible()))
			await this.page.getByTestId('rlc-input').first().click();
		await this.page.getByTestId('rlc-search').fill(text);
		// The list is filled while one types.
		await this.page.waitForTimeout(1500);
		return await items.allInnerTexts();
	}

	/** Gives the ID of a model instead of choosing one from the list. */
	async chooseById(modelId: string): Promise<void> {
		await this.page.getByTestId('rlc-mode-selector').click();
		await this.page.getByTestId('mode-id').click();
		const input = this.page.getByTestId('rlc-input').first();
		await input.fill(modelId);
		await input.blur();
	}

	/** Adds an input that the model can do without; where there is one only, n8n offers no list. */
	async addInput(name: string, label: string): Promise<void> {
		const add = this.page.getByTestId('add-fields-select');
		const button = add.getByRole('button').first();
		// n8n 1 has a drop-down field in place of the button.
		await ((await button.isVisible()) ? button : add).click();
		const choice = this.page
			.getByRole('menuitem')
			.or(this.page.locator('.el-select-dropdown__item[role=option]:visible'))
			.getByText(label, { exact: true });
		await this.field(name).or(choice).first().waitFor();
		if (await choice.isVisible()) await choice.click();
	}

	async chooseModel(name: string | RegExp): Promise<void> {
		await this.page.getByTestId('rlc-item').getByText(name).first().click();
	}

	/** Types into the search of the node panel, and returns what it finds. */
	async search(text: string): Promise<string[]> {
		await this.page.getByTestId('node-creator-search-bar').fill(text);
		const names = this.page.getByTestId('node-creator-item-name');
		await names.first().waitFor();
		// The list is filtered while one types.
		await this.page.waitForTimeout(500);
		return await names.allInnerTexts();
	}

	async choose(name: string): Promise<void> {
		await this.page
			.getByTestId('node-creator-item-name')
			.getByText(name, { exact: true })
			.first()
			.click();
	}

	field(name: string): Locator {
		return this.page.getByTestId(`parameter-input-${name}`);
	}

	async fill(name: string, text: string, position = 0): Promise<void> {
		const input = this.field(name).nth(position).locator('textarea, input').first();
		await input.fill(text);
		await input.blur();
	}

	/** Chooses from a drop-down field; n8n closes its list again when it draws the form anew meanwhile. */
	async select(name: string, label: string, position = 0): Promise<void> {
		const field = this.field(name).nth(position);
		const option = this.page
			.locator('.el-select-dropdown__item[role=option]:visible')
			.getByText(label, { exact: true });
		const isChosen = async () => (await field.locator('input').inputValue()) === label;
		for (let tries = 0; tries < MOST_TRIES && !(await isChosen()); tries++) {
			await field.click();
			await option.click({ timeout: 3_000 }).catch(() => undefined);
		}
		if (!(await isChosen())) throw new Error(`${name} cannot be set to ${label}.`);
	}

	async execute(): Promise<void> {
		await this.page.getByTestId('node-execute-button').click();
	}

	/** The error view of the output panel: what the user reads first, and what stands below it. */
	async readFailure(): Promise<{ message: string; description: string }> {
		const message = this.page.getByTestId('node-error-message');
		await message.waitFor();
		const description = this.page.getByTestId('node-error-description');
		return {
			message: await message.innerText(),
			description: (await description.count()) ? await description.innerText() : '',
		};
	}
}
