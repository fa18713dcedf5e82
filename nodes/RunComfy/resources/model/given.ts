import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { fieldReader, mustBe, oneOf } from '../../text/fields';
import { isRecord } from '../../text/json';
import { isUnset } from '../../text/values';
import { INPUT_LABELS, SPECIFY_INPUTS } from './fields';
import { givenInputs } from './inputs';
import type { Field } from './schema';

const INPUTS = { must: "a JSON object of the model's inputs by name", read: givenInputs };

const TAKEN_APART = `'${INPUT_LABELS.modelInputs}' was one expression for all inputs, which n8n's editor has taken apart, letter by letter. Set '${INPUT_LABELS.specifyInputs}' to Using JSON, and put the expression into '${INPUT_LABELS.inputsJson}'`;

/**
 * The inputs that the form gives by name, with the prompt among them. `fields` are the model's, where it publishes
 * them; what is wrong goes to `refuse`, a sentence each.
 */
export function inputsGiven(
	context: IExecuteSingleFunctions,
	fields: Field[] | undefined,
	refuse: (text: string) => void,
): Record<string, unknown> {
	const parameter = (name: keyof typeof INPUT_LABELS): unknown =>
		context.getNodeParameter(name, '');
	const read = fieldReader(
		INPUT_LABELS,
		{
			specifyInputs: parameter('specifyInputs'),
			modelInputs: parameter('modelInputs'),
			inputsJson: parameter('inputsJson'),
		},
		refuse,
	);
	const isJson = read('specifyInputs', oneOf(SPECIFY_INPUTS, { lowerCase: true })) === 'json';
	const isApart = !isJson && isTakenApart(parameter('modelInputs'));
	if (isApart) refuse(TAKEN_APART);
	const given = isApart ? {} : (read(isJson ? 'inputsJson' : 'modelInputs', INPUTS) ?? {});
	const prompt = promptOf(parameter('prompt'), given.prompt, fields, refuse);
	return prompt === undefined ? given : { ...given, prompt };
}

/** n8n's editor spreads a text where the form has fields: {"0":"=","1":"{", …} (seen in 2.41.1). */
const isTakenApart = (value: unknown): boolean => isRecord(value) && '0' in value && '1' in value;

function promptOf(
	value: unknown,
	other: unknown,
	fields: Field[] | undefined,
	refuse: (text: string) => void,
): unknown {
	if (isUnset(value)) return undefined;
	const label = `'${INPUT_LABELS.prompt}'`;
	if (typeof value === 'object') refuse(`${mustBe(label, 'text', value)}. Check the expression`);
	else if (fields && !fields.some(({ name }) => name === 'prompt'))
		refuse(`${label} is filled in, but this model takes no prompt. Empty it`);
	else if (!isUnset(other) && other !== value)
		refuse(`${label} is filled in, and the inputs have another prompt. Empty one of them`);
	else return value;
	return undefined;
}
