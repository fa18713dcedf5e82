import { isFileSize } from './files.mts';
import { isOutputShape } from './outputs.mts';
import type { Fault, JobPlan, RequestKind } from './types.mts';

const KINDS: RequestKind[] = [
	...(['submit', 'status', 'result', 'cancel', 'model', 'models'] as const),
	...(['categories', 'balance', 'file', 'reference', 'unknown'] as const),
];

const isNumber = (value: unknown) => typeof value === 'number';
const isString = (value: unknown) => typeof value === 'string';
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isObject = (value: unknown) =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isStrings = (value: unknown) => Array.isArray(value) && value.every(isString);
const isHeaders = (value: unknown) =>
	isObject(value) && Object.values(value as object).every(isString);
const isHttpStatus = (value: unknown) =>
	typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599;
const isAnything = () => true;

type Fields = Record<string, (value: unknown) => boolean>;

const CONDITION: Fields = {
	skip: isNumber,
	times: isNumber,
	nth: isNumber,
};

const EFFECT: Fields = {
	...CONDITION,
	on: (value) => KINDS.some((kind) => kind === value),
	requestId: isString,
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
	refuse: (value) => ['data', 'links'].some((form) => form === value),
};

const FILE_EFFECT: Fields = {
	...EFFECT,
	breakAt: isNumber,
	empty: isBoolean,
	announce: isNumber,
	redirect: isString,
	contentType: isString,
	ignoreRange: isBoolean,
};

const PLAN: Fields = {
	...CONDITION,
	outcome: isString,
	statusOutcome: isString,
	notReady: (value) => ['status', 'result', 'both'].some((which) => which === value),
	states: isStrings,
	queueMs: isNumber,
	runMs: isNumber,
	jobError: isAnything,
	output: isOutputShape,
	fileCount: isNumber,
	costAfterReads: isNumber,
	videoUrl: isString,
	fileBytes: isFileSize,
	notCancellable: isBoolean,
	fetchMs: isNumber,
	unreachable: isBoolean,
};

/** A misspelt fault would let a test pass that tests nothing. */
export function checkFault(fault: Fault): void {
	const on = (fault as Partial<Fault> | null)?.on;
	if (!EFFECT.on(on)) throw new TypeError(`A fault needs "on", one of: ${KINDS.join(', ')}.`);
	checkFields(`A fault of "${on}"`, fault, on === 'file' ? FILE_EFFECT : EFFECT);
}

export const checkPlan = (plan: JobPlan): void => checkFields('The plan of a job', plan, PLAN);

function checkFields(what: string, entry: object, fields: Fields): void {
	if (!isObject(entry)) throw new TypeError(`${what} must be a JSON object.`);
	for (const [name, value] of Object.entries(entry)) {
		if (!(name in fields)) throw new TypeError(`${what} has no field "${name}".`);
		if (value !== undefined && !fields[name](value))
			throw new TypeError(`${what}: "${name}" cannot be ${JSON.stringify(value)}.`);
	}
}
