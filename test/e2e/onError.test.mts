import type { Fault, JobPlan } from '../../simulator/index.mts';
import type { Execution, Item } from '../support/n8n/server.mts';
import { borrowSession } from '../support/n8n/session.mts';
import type { Session } from '../support/n8n/session.mts';
import { manualTrigger, nothing, runComfy, workflow } from '../support/n8n/workflow.mts';
import type { OnError } from '../support/n8n/workflow.mts';
import { withoutOrder } from './withoutOrder.mts';

const PROMPTS = ['Figure 1 waves', 'Figure 1 jumps', 'Figure 1 sings'];
const BLANK_SECOND = [PROMPTS[0], ' ', PROMPTS[2]];

let session: Session;

beforeAll(async () => {
	session = await borrowSession();
});

beforeEach(() => session.simulator.reset());

afterAll(async () => await session?.end());

async function generate(
	onError: OnError,
	{ prompts = PROMPTS, plans = [], faults = [] }: Failure,
): Promise<Execution> {
	const { n8n, simulator, credential } = session;
	simulator.planJobs(...plans);
	simulator.addFaults(...faults);
	const node = runComfy('generate', credential, { onError });
	const chain = [manualTrigger, node, [nothing('Done'), nothing('Failed')]];
	const items = prompts.map((prompt) => ({ prompt }));
	return await n8n.run(await n8n.addWorkflow(workflow(onError, chain, { items })));
}

/** The request id that each item bought. */
const boughtByItem = () => {
	const jobs = [...session.simulator.jobs.values()];
	return PROMPTS.map((prompt) => jobs.find(({ body }) => body.prompt === prompt)?.requestId);
};

interface Failure {
	prompts?: string[];
	plans?: JobPlan[];
	faults?: Fault[];
	/** Index of the item that has to fail, when the simulator is asked afterwards. */
	failing: () => number;
	message: (id?: string) => string;
	description: string[];
	/** What is said instead when it stops the workflow, since it then stands for all items. */
	stopping?: { message: string; description: string[] };
	error: (id?: string) => object;
	isSeenBeforeBuying?: boolean;
}

const FAILURES: Record<string, Failure> = {
	'a refused submit': {
		faults: [{ on: 'submit', nth: 2, error: 400002 }],
		failing: () => boughtByItem().indexOf(undefined),
		message: () => 'The RunComfy balance is too low for this order.',
		description: [
			'Add credit on runcomfy.com, then run again.',
			"RunComfy's words: InsufficientResources",
		],
		error: () => ({ submitted: 'no', error_code: 400002, http_status: 402 }),
	},
	'a failing check': {
		prompts: BLANK_SECOND,
		failing: () => 1,
		message: () => "'Prompt' is empty. Write what happens in the clip.",
		description: ['Nothing was bought.'],
		stopping: {
			message:
				"Nothing was bought, because 1 item needs a change. Item 1: 'Prompt' is empty. Write what happens in the clip.",
			description: [
				"To let the other items go on without them, set 'On Error' under Settings to continue. Items are counted from 0, as n8n counts them.",
			],
		},
		error: () => ({ submitted: 'no' }),
		isSeenBeforeBuying: true,
	},
	'a job that fails': {
		plans: [{ nth: 2, outcome: 'failed', jobError: 'no face' }],
		failing: () => boughtByItem().indexOf([...session.simulator.jobs.keys()][1]),
		message: (id) => `Request ${id} has failed: RunComfy could not make this video.`,
		description: [
			'Change the prompt or the references as the reason says, then order it anew with Generate or Create.',
			"RunComfy's words: no face",
		],
		error: (id) => ({ submitted: 'yes', request_id: id, status: 'failed' }),
	},
};

for (const [name, failure] of Object.entries(FAILURES)) {
	const { prompts = PROMPTS, description } = failure;

	test(`${name} stops the workflow with every bought id in the message`, async () => {
		const { status, outputs, error } = await generate('stopWorkflow', failure);

		expect(status).toBe('error');
		expect([outputs.RunComfy, outputs.Done, outputs.Failed]).toStrictEqual([
			[],
			undefined,
			undefined,
		]);
		expect(error?.node?.name).toBe('RunComfy');
		const failing = failure.failing();
		// The editor says "[item 1]" behind the message.
		expect(error?.context?.itemIndex).toBe(failing);
		const bought = boughtByItem()
			.map((id, item) => id && `${id} (item ${item}, ${session.simulator.jobs.get(id)!.status})`)
			.filter(Boolean);
		expect(bought.length > 0).toBe(!failure.isSeenBeforeBuying);
		const own = boughtByItem()[failing];
		const others = bought.filter((text) => !own || !text!.startsWith(own));
		const { message, description } = failure.stopping ?? {
			message: failure.message(boughtByItem()[failing]),
			description: failure.description,
		};
		expect(error?.message).toBe(
			others.length
				? `${message} ${own ? 'Also bought' : 'Bought'} in this run: ${others.join(', ')}.`
				: message,
		);
		expect(error?.description?.split('<br>').slice(0, description.length)).toStrictEqual(
			description,
		);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		`${name} with %s costs the other items nothing`,
		async (onError) => {
			const { status, outputs } = await generate(onError, failure);

			expect(status).toBe('success');
			const failing = failure.failing();
			const bought = boughtByItem();
			const [main, failed = []] = outputs.RunComfy;
			const errors = onError === 'continueErrorOutput' ? failed : [main[failing]];
			const done = main.filter((item) => !errors.includes(item));
			// On the error branch, n8n adds what the input item held.
			const input = onError === 'continueErrorOutput' ? { prompt: prompts[failing] } : {};
			const message = [failure.message(bought[failing]), ...description].join(' ');
			const found = errors.map(({ json, ...item }) => ({
				...item,
				json: { ...json, error: withoutOrder(json.error, 'generate') },
			}));
			expect(found).toStrictEqual([
				{
					json: { ...input, error: { message, ...failure.error(bought[failing]) } },
					pairedItem: { item: failing },
				},
			]);

			expect(
				done.map(({ json, pairedItem }) => [json.request_id, json.status, pairedItem]),
			).toStrictEqual(
				[0, 1, 2]
					.filter((item) => item !== failing)
					.map((item) => [bought[item], 'completed', { item }]),
			);
			for (const { json, binary } of done) {
				expect('error' in json).toBe(false);
				expect(String(binary?.data.id)).toMatch(/^filesystem/);
			}
			const behind = [outputs.Done[0], outputs.Failed?.[0] ?? []];
			const jsons = (branches: Item[][]) => branches.map((items) => items.map(({ json }) => json));
			expect(jsons(behind)).toStrictEqual(jsons([main, failed]));
		},
	);
}
