import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Answer } from './answer.mts';
import { failure } from './errors.mts';
import { mediaProblems } from './mediaFields.mts';
import type { InputSchema, Model } from './models.mts';

const MIB = 1024 * 1024;
/** Largest JSON body (official client). */
export const BODY_LIMIT_BYTES = 64 * MIB;

/** As RunComfy's clients expect `detail` to be. */
export interface Problem {
	loc: Array<string | number>;
	msg: string;
	type: string;
}

const validators = new WeakMap<Model, ValidateFunction>();

/** The refusal of a submit whose body the model does not take. */
export function refusalOf(model: Model, json: unknown): Answer | undefined {
	const problems = schemaProblems(model, json);
	if (problems.length > 0) return failure(422, problems);
	const found = mediaProblems(model.record.input_schema, json, ['body']);
	if (found.length === 0) return undefined;
	return failure(found.some(({ type }) => type === 'too_large') ? 413 : 422, found);
}

function schemaProblems(model: Model, json: unknown): Problem[] {
	let check = validators.get(model);
	if (!check) {
		const allOf = [standard(model.record.input_schema), model.rules ?? {}];
		check = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile({ allOf });
		validators.set(model, check);
	}
	if (check(json)) return [];
	return (check.errors ?? [])
		.filter(({ keyword }) => keyword !== 'if')
		.map((error) => ({
			loc: location(error),
			msg: error.message ?? 'is not valid',
			type: error.keyword,
		}));
}

function location({ instancePath, params }: ErrorObject) {
	const steps = instancePath.split('/').slice(1);
	const missing = typeof params.missingProperty === 'string' ? [params.missingProperty] : [];
	return ['body', ...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step)), ...missing];
}

/**
 * The schema in the words of JSON Schema. A field that is required and does not exist is left out: nobody
 * could buy the model otherwise. Whether RunComfy sees it so is unknown.
 */
export function standard(schema: InputSchema): InputSchema {
	const { type, properties, items, required, ...rest } = schema;
	const nameOf = (name: string) => name.toLowerCase().replace(/^float$/, 'number');
	return {
		...rest,
		...(type && { type: Array.isArray(type) ? type.map(nameOf) : nameOf(type) }),
		...(properties && {
			properties: Object.fromEntries(
				Object.entries(properties).map(([name, field]) => [name, standard(field)]),
			),
		}),
		...(items && { items: standard(items) }),
		...(required && { required: required.filter((name) => !properties || name in properties) }),
	};
}
