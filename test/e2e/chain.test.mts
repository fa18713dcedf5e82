import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startSession } from '../support/n8n/session.mts';
import type { Session } from '../support/n8n/session.mts';
import { manualTrigger, nothing, runComfy, workflow } from '../support/n8n/workflow.mts';

let session: Session;

before(async () => {
	session = await startSession();
});

after(async () => await session?.end());

test('Create, Get Status and Wait for Completion work in a row with no field touched', async () => {
	const { n8n, credential, simulator } = session;
	const operations = ['create', 'getStatus', 'waitForCompletion'];
	const nodes = operations.map((operation) => runComfy(operation, credential, { name: operation }));
	const chain = [manualTrigger, ...nodes, nothing('Done')];
	const items = ['one', 'two'].map((prompt) => ({ prompt }));
	const { status, outputs } = await n8n.run(
		await n8n.addWorkflow(workflow('In a row', chain, { items })),
	);

	assert.equal(status, 'success');
	assert.equal(session.submits(), 2);
	const ids = [...simulator.jobs.keys()].sort();
	const idsOf = (name: string) => outputs[name][0].map(({ json }) => json.request_id).sort();
	for (const name of [...operations, 'Done']) assert.deepEqual(idsOf(name), ids, name);
	for (const { json, binary } of outputs.Done[0]) {
		assert.equal(json.status, 'completed');
		assert.equal(binary?.data.mimeType, 'video/mp4');
	}
});
