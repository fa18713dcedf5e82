import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../../api/failure';
import { isModelId } from '../../api/ids';
import type { ModelEntry } from '../../api/types';
import { inputItems } from '../../n8n/items';
import { FileValue, type InputValue } from '../../order/body';
import type { Finding, Order } from '../../order/order';
import { combines } from '../../run/combined';
import type { Item } from '../../run/item';
import { modelEntry } from '../../run/modelEntry';
import { preview } from '../../text/values';
import { unfilledFindings, violationFinding } from './findings';
import { additionalInput, givenInputs, unknownInputs, valueOf } from './inputs';
import { makes } from './makes';
import { inputOf, isMedia, mediaOf, type Found } from './media';
import { mediaIssues } from './mediaChecks';
import { estimate } from './price';
import { fieldsOf, schemaIn, type Field } from './schema';
import { violationsOf } from './validate';

const NO_OBJECT = "'Inputs' must be a JSON object of the model's inputs by name";
const NO_SCHEMA =
	'RunComfy publishes no inputs for this model, so they are sent as they are and were not checked.';

/** Reads and checks everything about one order of any model, against the live schema of that model. */
export async function modelOrder(item: Item): Promise<Order> {
	const { context } = item;
	const modelId = String(
		context.getNodeParameter('modelId', '', { extractValue: true }) ?? '',
	).trim();
	const combined = combines(item);
	const empty: Order = {
		modelId,
		input: {},
		combined,
		references: [],
		warnings: [],
		issues: [],
		estimate: () => ({ basis: 'RunComfy gives no price for this model.' }),
	};
	// Such an ID is refused whatever the order is, and has no schema.
	if (!isModelId(modelId)) return empty;
	const entry = await entryOf(item, modelId);
	const known = fieldsOf(entry.input_schema);
	const fields = known ?? [];

	const issues: Finding[] = [];
	const mapped = context.getNodeParameter('modelInputs', {});
	const given = givenInputs(mapped);
	if (!given) issues.push({ text: `${NO_OBJECT} (got '${preview(mapped)}')` });
	const values = given ?? {};
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const additional = additionalInput(options.additionalInput, issues);

	const items = inputItems(context).map((input, index) => ({ index, item: input }));
	const sources = combined ? items : [items[item.index]];
	const media = await mediaOf(item, sources, fields.filter(isMedia), values);
	const input: Record<string, InputValue> = {
		...(known ? plainInputs(fields, values) : (values as Record<string, InputValue>)),
		...Object.fromEntries(media.found.map((found) => [found.field.name, inputOf(found)])),
		// What it names comes last, so it replaces what the form says.
		...(additional as Record<string, InputValue>),
	};
	const facts = withoutFiles(input) as Record<string, unknown>;
	return {
		...empty,
		input,
		makes: makes(entry),
		references: describe(media.found, combined),
		warnings: [...(known ? [] : [NO_SCHEMA]), ...media.warnings],
		issues: [
			...issues,
			...(known ? unknownInputs(values, fields) : []),
			...violations(entry, fields, facts, media.found),
			...unfilledFindings(fields, facts),
			...media.issues,
			...mediaIssues(media.found),
		],
		estimate: (live) => estimate(live, fields, facts),
	};
}

/** The catalogue's record of the model, with its live schema. */
async function entryOf(item: Item, modelId: string): Promise<ModelEntry> {
	try {
		return await modelEntry(item, modelId);
	} catch (error) {
		if (!(error instanceof Failure) || error.details.reach !== 'model') throw error;
		throw new Failure(`${error.message}: ${modelId}`, {
			...error.details,
			hint: "RunComfy renames and retires models. Choose one from the list of 'Model', or look up its ID on runcomfy.com/models. Nothing was bought.",
		});
	}
}

function plainInputs(fields: Field[], values: Record<string, unknown>): Record<string, InputValue> {
	const plain = fields.filter((field) => !isMedia(field));
	return Object.fromEntries(
		plain.flatMap((field) => {
			const value = valueOf(field, values[field.name]);
			return value === undefined ? [] : [[field.name, value as InputValue]];
		}),
	);
}

/** What goes against the schema, except files that could not be found, which is said already. */
function violations(
	{ input_schema: schema }: ModelEntry,
	fields: Field[],
	input: Record<string, unknown>,
	found: Found[],
): Finding[] {
	const missing = found
		.filter(({ references }) => !references.length)
		.map(({ field }) => field.name);
	return violationsOf(schemaIn(schema), input)
		.filter(({ path: [name] }) => !missing.includes(String(name)))
		.map((violation) => violationFinding(violation, fields));
}

/** An input with text in place of files, as the schema describes it. */
function withoutFiles(value: InputValue): unknown {
	if (value instanceof FileValue) return '';
	if (Array.isArray(value)) return value.map(withoutFiles);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => [name, withoutFiles(inner)]),
	);
}

/** What each file and link is for, as the output tells it: never the file itself. */
function describe(found: Found[], combined: boolean): IDataObject[] {
	return found.flatMap(({ field, references }) =>
		references.map((reference): IDataObject => {
			const place = { field: field.name, kind: field.media.kind };
			if ('url' in reference) return { ...place, from: 'url' };
			const { item, name, type, bytes } = reference.file;
			return {
				...place,
				from: `binary:${name}`,
				...(combined && { item }),
				mime_type: type?.mime,
				bytes,
			};
		}),
	);
}
