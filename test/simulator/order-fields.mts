import { isFileSize } from './files.mts';
import type { Order } from './types.mts';

const KINDS: Array<Order['on']> = [
	...(['submit', 'status', 'result', 'cancel', 'model', 'models', 'balance'] as const),
	...(['file', 'reference', 'unknown', 'job'] as const),
];

const isNumber = (value: unknown) => typeof value === 'number';
const isString = (value: unknown) => typeof value === 'string';
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isObject = (value: unknown) =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isStrings = (value: unknown) => Array.isArray(value) && value.every(isString);
const isOutput = (value: unknown) =>
	['video', 'videos', 'string', 'none'].some((output) => output === value);
const isHeaders = (value: unknown) =>
	isObject(value) && Object.values(value as object).every(isString);
const isHttpStatus = (value: unknown) =>
	typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599;
const isAnything = () => true;

type Fields = Record<string, (value: unknown) => boolean>;

const WHEN: Fields = {
	on: (value) => KINDS.some((kind) => kind === value),
	skip: isNumber,
	times: isNumber,
	requestId: isString,
	nth: isNumber,
};

const ANSWER: Fields = {
	status: isHttpStatus,
	headers: isHeaders,
	body: isAnything,
	error: isNumber,
	detail: isAnything,
	after: isBoolean,
	reset: isBoolean,
	hang: isBoolean,
	delayMs: isNumber,
	html: isBoolean,
	truncate: isBoolean,
	stall: isBoolean,
	merge: isObject,
};

const FILE: Fields = {
	breakAt: isNumber,
	empty: isBoolean,
	announce: isNumber,
	redirect: isString,
	contentType: isString,
	ignoreRange: isBoolean,
};

const JOB: Fields = {
	outcome: isString,
	states: isStrings,
	queueMs: isNumber,
	runMs: isNumber,
	jobError: isAnything,
	output: isOutput,
	costAfterReads: isNumber,
	videoUrl: isString,
	fileBytes: isFileSize,
	notCancellable: isBoolean,
};

/** A misspelt order would let a test pass that tests nothing. */
export function checkOrder(order: unknown): asserts order is Order {
	if (!isObject(order)) throw new TypeError('An order must be a JSON object.');
	const { on } = order as Order;
	if (!WHEN.on(on)) throw new TypeError(`An order needs "on", one of: ${KINDS.join(', ')}.`);
	const fields = {
		...WHEN,
		...(on === 'job' ? JOB : ANSWER),
		...(on === 'file' ? FILE : {}),
	};
	for (const [name, value] of Object.entries(order as Order)) {
		if (!(name in fields)) throw new TypeError(`An order on "${on}" has no field "${name}".`);
		if (value !== undefined && !fields[name](value))
			throw new TypeError(`The field "${name}" of an order cannot be ${JSON.stringify(value)}.`);
	}
}
