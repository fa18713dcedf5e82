import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ERROR_CASES } from './errorCases.mts';
import type { ErrorCase } from './errorCases.mts';
import { withoutOrder } from './withoutOrder.mts';
import type { Execution } from '../support/n8n/server.mts';
import { startSession } from '../support/n8n/session.mts';
import type { Session } from '../support/n8n/session.mts';
import { manualTrigger, nothing, runComfy, workflow } from '../support/n8n/workflow.mts';
import type { Credential, Node } from '../support/n8n/workflow.mts';

let session: Session;
const credentials: Record<string, Credential> = {};

before(async () => {
	session = await startSession();
	const { n8n, simulator, credential } = session;
	const { token: apiToken, url: baseUrl } = simulator;
	credentials.good = credential;
	for (const [name, data] of Object.entries({
		'wrong token': { apiToken: 'not-the-token', baseUrl },
		'no URL': { apiToken, baseUrl: 'model-api.runcomfy.net' },
		'nobody there': { apiToken, baseUrl: 'http://127.0.0.1:9' },
		'no TLS': { apiToken, baseUrl: baseUrl.replace('http:', 'https:') },
	})) {
		credentials[name] = await n8n.addCredential(name, data);
	}
});

beforeEach(() => session.simulator.reset());

after(async () => await session?.end());

async function runCase(
	{ operation, credential = 'good', prompt = 'Figure 1 waves', ...scenario }: ErrorCase,
	settings: Partial<Node>,
): Promise<Execution> {
	session.simulator.reset();
	const { parameters, plans = [], faults = [] } = scenario;
	session.simulator.planJobs(...plans);
	session.simulator.addFaults(...faults);
	const node = runComfy(operation, credentials[credential], { parameters, ...settings });
	const chain = [manualTrigger, node, nothing('Done')];
	const { n8n } = session;
	return await n8n.run(await n8n.addWorkflow(workflow(operation, chain, { items: [{ prompt }] })));
}

/** What the case expects, with the id that was bought and the base URL in it. */
function withId<T>(expected: T): T {
	const [id] = session.simulator.jobs.keys();
	const { url } = session.simulator;
	return JSON.parse(JSON.stringify(expected).replaceAll('{id}', id).replaceAll('{url}', url));
}

/** Where a connection is cut, the system's word for it is a matter of timing; OpenSSL's has addresses in it. */
const settled = (text?: string | null) =>
	String(text)
		.replace(/(read|write) ECONNRESET|socket hang up/, 'read ECONNRESET')
		.replace(/write EPROTO .*/, 'write EPROTO');

for (const [name, faulty] of Object.entries(ERROR_CASES)) {
	const { message, description, submits = 0 } = faulty;

	test(`${name}: what users read`, async () => {
		const { status, error } = await runCase(faulty, { onError: 'stopWorkflow' });
		assert.equal(status, 'error');
		assert.equal(error?.message, withId(message));
		assert.deepEqual(settled(error?.description).split('<br>'), withId(description));
		assert.equal(session.submits(), submits);

		const { outputs } = await runCase(faulty, { onError: 'continueRegularOutput' });
		const { text = [message, ...description].join(' ').replaceAll('\u2060', '') } = faulty;
		const json = withId({ error: { message: text, ...faulty.error } });
		for (const [items] of [outputs.RunComfy, outputs.Done]) {
			assert.equal(items.length, 1);
			const { error: full, ...beside } = items[0].json;
			const error = withoutOrder(full, faulty.operation);
			error.message = settled(String(error.message));
			assert.deepEqual(
				{ ...items[0], json: { ...beside, error } },
				{ json, pairedItem: { item: 0 } },
			);
		}
		assert.equal(session.submits(), submits);
	});
}

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };

for (const name of ['an answer to the submit that is lost', 'a job that fails']) {
	test(`${name}: Retry On Fail does not buy again`, async () => {
		const { error } = await runCase(ERROR_CASES[name], RETRY);
		assert.equal(error?.message, withId(ERROR_CASES[name].message));
		assert.equal(session.submits(), 1);
	});
}

test('Retry On Fail submits again what RunComfy definitely refused', async () => {
	const refused = { ...ERROR_CASES['inputs that RunComfy rejects'], operation: 'generate' };
	const { status } = await runCase(refused, RETRY);
	assert.equal(status, 'success');
	assert.equal(session.submits(), 2);
	assert.equal(session.simulator.jobs.size, 1);
});
