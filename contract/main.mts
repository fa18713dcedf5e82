// Asks the API what its documentation leaves open. The report holds no token, and no request ID.
import { parseArgs } from 'node:util';
import { startSimulator } from '../simulator/index.mts';
import { at, connect, type Api } from './api.mts';
import type { Finding } from './finding.mts';
import { free } from './free.mts';
import { paid } from './paid.mts';

const LIVE = 'https://model-api.runcomfy.net';
const SIGNS = { expected: '✔', other: '●', new: '✖' } as const;

const { values } = parseArgs({
	options: { spend: { type: 'boolean', default: false }, image: { type: 'string' } },
});
const { RUNCOMFY_API_TOKEN: token, RUNCOMFY_BASE_URL: baseUrl = LIVE } = process.env;

const simulator = token ? undefined : await startSimulator({ queueMs: 1_000, runMs: 2_000 });
try {
	const api = simulator ? connect(simulator.url, simulator.token) : connect(baseUrl, String(token));
	console.log(
		`${simulator ? 'The simulator, since RUNCOMFY_API_TOKEN is not set' : api.baseUrl}\n`,
	);
	const counts = { expected: 0, other: 0, new: 0 };
	for await (const finding of questions(api)) {
		counts[finding.verdict] += 1;
		console.log(shown(finding));
	}
	if (api.limits.size > 0) console.log(`Limits in answers: ${[...api.limits].join(', ')}\n`);
	console.log(
		`${counts.expected} as expected, ${counts.other} otherwise and known to the node, ${counts.new} new`,
	);
	if (counts.new > 0) process.exitCode = 1;
} finally {
	await simulator?.close();
}

async function* questions(api: Api): AsyncGenerator<Finding> {
	yield* free(api);
	if (!values.spend) return;
	const image = values.image ?? (await sampleImage(api));
	if (image) yield* paid(api, image);
	else console.log('No schema holds a sample image: give a link to one with --image\n');
}

/** A link of RunComfy's own to an image, as its schemas give them for samples. */
async function sampleImage(api: Api): Promise<string | undefined> {
	if (simulator) return `${simulator.url}/references/photo.jpg`;
	const { body } = await api.call('/v1/models?include_schema=true&limit=500');
	const models = at(body, 'models');
	const text = JSON.stringify(
		Array.isArray(models) ? models.map((one) => at(one, 'input_schema')) : [],
	);
	return /"(https:\/\/[^"?\s]+\.(?:jpe?g|png))"/.exec(text)?.[1];
}

function shown({ question, expected, seen, node, verdict }: Finding): string {
	return [
		`${SIGNS[verdict]} ${question}`,
		`expected  ${expected}`,
		`seen      ${seen}`,
		`the node  ${node}`,
	]
		.join('\n    ')
		.concat('\n');
}
