import { borrowSession } from '../support/n8n/session.mts';
import type { Session } from '../support/n8n/session.mts';
import { manualTrigger, nothing, runComfy, workflow } from '../support/n8n/workflow.mts';

let session: Session;

beforeAll(async () => {
	session = await borrowSession();
});

afterAll(async () => await session?.end());

test('Create, Get Status and Wait for Completion work in a row with no field touched', async () => {
	const { n8n, credential, simulator } = session;
	const operations = ['create', 'getStatus', 'waitForCompletion'];
	const nodes = operations.map((operation) => runComfy(operation, credential, { name: operation }));
	const chain = [manualTrigger, ...nodes, nothing('Done')];
	const items = ['one', 'two'].map((prompt) => ({ prompt }));
	const { status, outputs } = await n8n.run(
		await n8n.addWorkflow(workflow('In a row', chain, { items })),
	);

	expect(status).toBe('success');
	expect(session.submits()).toBe(2);
	const ids = [...simulator.jobs.keys()].sort();
	const idsOf = (name: string) => outputs[name][0].map(({ json }) => json.request_id).sort();
	for (const name of [...operations, 'Done'])
		expect([name, idsOf(name)]).toStrictEqual([name, ids]);
	for (const { json, binary } of outputs.Done[0]) {
		expect(json.status).toBe('completed');
		expect(binary?.data.mimeType).toBe('video/mp4');
	}
});
