import type { IDataObject } from 'n8n-workflow';

import { Failure, toFailure } from '../../api/failure';
import { isModelId } from '../../api/ids';
import { MODEL_API } from '../../api/services';
import type { ModelEntry } from '../../api/types';
import { inputItems } from '../../n8n/items';
import { FileValue, type InputValue } from '../../order/body';
import { filesOf } from '../../order/files/inspect';
import type { Finding, Order } from '../../order/order';
import { readModelOnce } from '../../reads/catalogue';
import { combines } from '../../run/combined';
import type { Item } from '../../run/item';
import { additionalInput } from '../shared/additionalInput';
import { fileNameFindings, unfilledFindings, violationFinding } from './findings';
import { inputsGiven } from './given';
import { inputsOf, unknownInputs } from './inputs';
import { makes } from './makes';
import { fill, placedReferences, slotsOf, withFiles, type Filled } from './media';
import { mediaIssues } from './mediaChecks';
import { estimate } from './price';
import { fieldsOf, schemaIn, type Field } from './schema';
import { violationsOf } from './validate';

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
		service: MODEL_API,
		target: modelId,
		input: {},
		combined,
		references: [],
		warnings: [],
		issues: [],
		estimate: () => ({ basis: 'RunComfy gives no price for this model.' }),
	};
	// Such an ID is refused whatever the order is, and has no schema.
	if (!isModelId(modelId)) return empty;
	const { api, run, signal } = item;
	const reading = readModelOnce(run.models, api, modelId, { signal });
	const entry = await reading.catch((error: unknown) => {
		throw unread(error, modelId);
	});
	const known = fieldsOf(entry.input_schema);
	const fields = known ?? [];

	const issues: Finding[] = [];
	const values = inputsGiven(context, known, (text) => issues.push({ text }));
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const additional = additionalInput(options, '{"seed": 7}', issues);

	const items = inputItems(context).map((input, index) => ({ index, item: input }));
	const inputs = known ? inputsOf(fields, values) : values;
	const media = await fill(item, combined ? items : [items[item.index]], slotsOf(fields, inputs));
	const input: Record<string, InputValue> = {
		...withFiles(inputs as Record<string, InputValue>, media.filled),
		// What it names comes last, so it replaces what the form says.
		...(additional as Record<string, InputValue>),
	};
	const plain = withoutFiles(input) as Record<string, unknown>;
	const fileNames = Object.keys(filesOf(items[item.index].item));
	return {
		...empty,
		input,
		makes: makes(entry),
		references: placedReferences(media.filled),
		warnings: [...(known ? [] : [NO_SCHEMA]), ...media.warnings],
		issues: [
			...issues,
			...(known ? unknownInputs(values, fields) : []),
			...violations(entry, fields, plain, media.filled),
			...unfilledFindings(fields, plain),
			...fileNameFindings(fields, plain, fileNames),
			...media.issues,
			...mediaIssues(media.filled),
		],
		estimate: (live) => estimate(live, fields, plain),
	};
}

/** Why the model's record could not be read; of a model that is gone, how to choose another. */
function unread(error: unknown, modelId: string): Failure {
	const failure = toFailure(error, 'no');
	const { message, details } = failure;
	if (details.reach !== 'model') return failure;
	const hint =
		"RunComfy renames and retires models. Choose one from the list of 'Model', or look up its ID on runcomfy.com/models. Nothing was bought.";
	return new Failure(`${message}: ${modelId}`, { ...details, hint });
}

/** What goes against the schema, except files that could not be found, which is said already. */
function violations(
	{ input_schema: schema }: ModelEntry,
	fields: Field[],
	input: Record<string, unknown>,
	filled: Filled[],
): Finding[] {
	const missing = filled
		.filter(({ references }) => !references.length)
		.map(({ slot }) => slot.path.join('.'));
	return violationsOf(schemaIn(schema), input)
		.filter(({ path }) => !missing.includes(path.join('.')))
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
