import { inspectMp4 } from '../../scripts/runtime/mp4.mjs';
import { borrowSession } from '../support/n8n/session.mts';
import type { Session } from '../support/n8n/session.mts';
import { manualTrigger, nothing, runComfy, workflow } from '../support/n8n/workflow.mts';
import type { Credential, Node } from '../support/n8n/workflow.mts';

const PRICED =
	'This is a dry run: nothing was bought. It would cost $0.42 ($0.084 a second × 5 s).';

let session: Session;

beforeAll(async () => {
	session = await borrowSession();
});

afterAll(async () => await session?.end());

const pause: Node = {
	name: 'Wait',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	parameters: { amount: 4, unit: 'seconds' },
};

/** A dry run of two items in steps, and of Generate; the nodes behind them get files. */
async function run(name: string, credential: Credential) {
	const { n8n } = session;
	const step = (operation: string, parameters = {}) =>
		runComfy(operation, credential, { name: operation, parameters });
	const options = { dryRun: true, skipChecks: ['links'] };
	const chain = [
		manualTrigger,
		step('create', { options }),
		pause,
		step('getStatus'),
		step('waitForCompletion'),
		step('generate', {
			options,
			prompt: 'Figure 1 waves',
			waitOptions: { fileName: 'clip.mp4' },
		}),
		nothing('Done'),
	];
	const items = ['Figure 1 waves', 'Figure 1 jumps'].map((prompt) => ({ prompt }));
	const { status, outputs } = await n8n.run(
		await n8n.addWorkflow(workflow(name, chain, { items })),
	);
	expect(status).toBe('success');

	const jsonOf = (node: string) => outputs[node][0].map(({ json }) => json);
	const ids = jsonOf('create').map(({ request_id }) => request_id);
	expect(new Set(ids).size).toBe(2);
	for (const node of ['create', 'getStatus', 'waitForCompletion']) {
		expect([
			node,
			jsonOf(node).map(({ request_id, dry_run }) => [request_id, dry_run]),
		]).toStrictEqual([node, ids.map((id) => [id, true])]);
	}
	expect(
		jsonOf('getStatus').map(({ status, is_successful }) => [status, is_successful]),
	).toStrictEqual(Array(2).fill(['completed', true]));
	for (const [node, name] of [
		['waitForCompletion', /^dry-run-[\w-]+\.mp4$/],
		['Done', /^clip \(dry run\)\.mp4$/],
	] as const) {
		for (const { json, binary } of outputs[node][0]) {
			expect(json.request_id).toMatch(/^dry-run-/);
			expect([json.status, json.cost_usd, json.dry_run]).toStrictEqual(['completed', 0, true]);
			const { id, fileName, mimeType } = binary!.data;
			expect(String(fileName)).toMatch(name);
			expect(mimeType).toBe('video/mp4');
			const { seconds, codec } = inspectMp4(Buffer.from(await n8n.download(String(id))));
			expect([seconds, codec]).toStrictEqual([3, 'avc1']);
		}
	}
	return { notices: [...jsonOf('create'), ...jsonOf('Done')].map(({ warnings }) => warnings) };
}

test('a workflow is tried out to its last node, and only the price is read', async () => {
	const { simulator, credential } = session;
	const { notices } = await run('Dry', credential);
	expect(notices).toStrictEqual(Array(4).fill([PRICED]));
	expect(simulator.log.map(({ kind }) => kind)).toStrictEqual(['model', 'model']);
});

test('so it is without RunComfy, and without a token that it knows', async () => {
	const { n8n, simulator } = session;
	simulator.reset();
	const data = { apiToken: 'none yet', baseUrl: 'http://127.0.0.1:1' };
	const { notices } = await run('Dry and offline', await n8n.addCredential('Nobody', data));
	for (const [notice] of notices)
		expect(notice).toMatch(
			/^This is a dry run: nothing was bought\. The price could not be read: /,
		);
	expect(simulator.log).toStrictEqual([]);
});
