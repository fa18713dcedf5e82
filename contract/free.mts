import { at, inShort, isRefusal, type Answer, type Api } from './api.mts';
import { judge, type Case, type Finding } from './finding.mts';
import { STANDARD } from './order.mts';
import { survey } from './survey.mts';

/** Fields of the standard tier's published schema. */
const FIELDS = [
	'aspect_ratio',
	'duration',
	'images',
	'keep_original_sound',
	'prompt',
	'shot_type',
	'sound',
	'video',
];
/** So many records a client may ask for at once, by RunComfy's own clients. */
const MOST_RECORDS = 500;
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const LIVE = 'https://model-api.runcomfy.net';
const BALANCE = '/prod/v2/balance';

/** The questions that cost nothing, in turn. */
export async function* free(api: Api): AsyncGenerator<Finding> {
	yield* record(api);
	yield* catalogue(api);
	yield await balance(api);
	yield* refusals(api);
}

async function* record(api: Api): AsyncGenerator<Finding> {
	const answer = await api.call(`/v1/models/${STANDARD}`);
	const price = at(answer.body, 'base_price_usd');
	yield judge(
		'What does the record of the standard model say?',
		'HTTP 200 with base_price_usd and price_unit',
		isRefusal(answer) || answer.status !== 200
			? inShort(answer)
			: `HTTP 200, ${String(price)} USD per ${String(at(answer.body, 'price_unit'))}`,
		[
			{
				holds: answer.status === 200 && typeof price === 'number',
				node: 'prices each order with it, and tests the credential by reading it',
			},
			{
				holds: answer.status === 200 && !isRefusal(answer),
				node: 'says that the price cannot be told, and refuses where there is a cost limit',
			},
			{
				holds: isRefusal(answer),
				node: 'says that the credential or the model is refused, and why',
			},
		],
	);
	const properties = at(at(answer.body, 'input_schema'), 'properties');
	const fields = Object.keys(properties ?? {}).toSorted();
	const missing = FIELDS.filter((field) => !fields.includes(field));
	const added = fields.filter((field) => !FIELDS.includes(field));
	yield judge(
		'Are the fields of the standard model those of the published schema?',
		FIELDS.join(', '),
		fields.length === 0
			? 'no schema'
			: `${missing.length ? `without ${missing.join(', ')}` : 'all of them'}${added.length ? `, and ${added.join(', ')}` : ''}`,
		[
			{ holds: fields.length > 0 && !missing.length && !added.length, node: 'has a form for them' },
			{
				holds: missing.length === 0,
				node: 'has a form for the others; new ones go into Additional Input',
			},
		],
	);
}

async function* catalogue(api: Api): AsyncGenerator<Finding> {
	const page = await api.call('/v1/models?search=kling&limit=2');
	const models = at(page.body, 'models');
	const total = at(page.body, 'total');
	yield judge(
		'What does a search in the catalogue give?',
		'HTTP 200 with models, as many as asked for, and total',
		Array.isArray(models) ? `${models.length} models, total ${String(total)}` : inShort(page),
		[
			{
				holds: Array.isArray(models) && models.length <= 2 && typeof total === 'number',
				node: 'lists them page by page',
			},
			{ holds: Array.isArray(models), node: 'takes it for the last page' },
			{ holds: isRefusal(page), node: 'says in the list why there is none' },
		],
	);
	yield* survey(await api.call(`/v1/models?include_schema=true&limit=${MOST_RECORDS}`));
	const categories = await api.call('/v1/models/categories');
	const names = at(categories.body, 'categories');
	yield judge(
		'How are the categories given?',
		'{categories: [text, …]}',
		Array.isArray(names) ? names.join(', ') : inShort(categories),
		[
			{
				holds: Array.isArray(names) && names.every((name) => typeof name === 'string'),
				node: 'offers them as they are',
			},
			{ holds: isRefusal(categories), node: 'says why there are none' },
		],
	);
}

async function balance(api: Api): Promise<Finding> {
	const url = api.baseUrl === LIVE ? `https://api.runcomfy.net${BALANCE}` : BALANCE;
	const answer = await api.call(url);
	const isNumber = typeof at(answer.body, 'balance_usd') === 'number';
	return judge(
		'How is the balance given?',
		'HTTP 200 with balance_usd and currency',
		isNumber ? `a number of ${String(at(answer.body, 'currency'))}` : inShort(answer),
		[
			{ holds: isNumber, node: 'puts it out' },
			{ holds: isRefusal(answer), node: 'says that the balance is refused, and why' },
		],
	);
}

/** Wrong ids, tokens and inputs. Only the last one could buy anything, and it is cancelled if it does. */
async function* refusals(api: Api): AsyncGenerator<Finding> {
	const gone = 'kling/no-such-model/reference-to-video';
	const request = `/v1/requests/${UNKNOWN_ID}`;
	const submit = { body: { prompt: 'A cup of tea' } };
	const WRONG: Array<[string, string, Parameters<Api['call']>, string]> = [
		[
			'a model that does not exist',
			'400001 or 404001',
			[`/v1/models/${gone}`],
			'the model is gone',
		],
		['an order of it', '400001 or 404001', [`/v1/models/${gone}`, submit], 'nothing was bought'],
		['no token', '400004', [`/v1/models/${STANDARD}`, { token: null }], 'the token is refused'],
		[
			'a token that is none',
			'400004',
			[`/v1/models/${STANDARD}`, { token: 'none' }],
			'the token is refused',
		],
		['the status of an unknown request', '404001', [`${request}/status`], 'it is gone'],
		['the result of one', '404001', [`${request}/result?include_cost=true`], 'it is gone'],
		['the cancel of one', '404001', [`${request}/cancel`, { method: 'POST' }], 'it is gone'],
		['a malformed request ID', '400001', ['/v1/requests/a%20b/status'], 'the ID is none'],
	];
	for (const [what, code, call, said] of WRONG) {
		const answer = await api.call(...call);
		yield judge(
			`How is refused: ${what}?`,
			`a 4xx with error_code ${code}`,
			inShort(answer),
			refused(answer, code, said),
		);
	}
	const answer = await api.call(`/v1/models/${STANDARD}`, { body: {} });
	const id = at(answer.body, 'request_id');
	if (id !== undefined) await api.call(`/v1/requests/${String(id)}/cancel`, { method: 'POST' });
	yield judge(
		'How is an order without a prompt refused?',
		'a 4xx with error_code or detail',
		id === undefined ? inShort(answer) : `HTTP ${answer.status}: it was bought, and cancelled`,
		[
			...refused(answer, '', 'nothing was bought, and why'),
			{ holds: id !== undefined, node: 'never sends one: Prompt is checked first' },
		],
	);
}

function refused(answer: Answer, codes: string, said: string): Case[] {
	const code = String(at(answer.body, 'error_code') ?? '');
	const is4xx = answer.status >= 400 && answer.status < 500;
	return [
		{
			holds: is4xx && isRefusal(answer) && (codes === '' || (code !== '' && codes.includes(code))),
			node: `says that ${said}`,
		},
		{
			holds: isRefusal(answer),
			node: `goes by the code first: says what it means, and RunComfy's words`,
		},
		{ holds: is4xx, node: 'goes by the HTTP status: says what it means' },
	];
}
