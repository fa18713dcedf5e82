import type { ILoadOptionsFunctions, ResourceMapperFields } from 'n8n-workflow';

import { toFailure } from '../../api/failure';
import { isModelId } from '../../api/ids';
import { escaped } from '../../n8n/messages';
import { readModel } from '../../reads/catalogue';
import { preview } from '../../text/values';
import { formField } from './form';
import { formApi, listError } from './formApi';
import { fieldsOf } from './schema';

const AROUND =
	"Set 'Specify Inputs' to Using JSON, and give them by the names on the model's page on runcomfy.com.";

const notice = (text: string): ResourceMapperFields => ({
	fields: [],
	emptyFieldsNotice: escaped(text),
});

/** The inputs of the chosen model as fields of the form, or why there are none. */
export async function modelInputs(form: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const chosen: unknown = form.getCurrentNodeParameter('modelId', { extractValue: true });
	const modelId = String(chosen ?? '').trim();
	if (!modelId) return notice('Choose a model, and its inputs appear here.');
	if (!isModelId(modelId))
		return notice(
			`'${preview(modelId)}' is no model ID, which looks like wan-ai/wan-2.7/text-to-image. ${modelId.includes('{{') ? `What an expression stands for is not known here. ${AROUND}` : ''}`.trim(),
		);
	try {
		const { api, deadline } = await formApi(form);
		const { input_schema: schema } = await readModel(api, modelId, { deadline });
		const fields = fieldsOf(schema);
		return fields
			? { fields: fields.map(formField) }
			: notice(`RunComfy publishes no inputs for this model. ${AROUND}`);
	} catch (error) {
		const failure = toFailure(error, 'no');
		const { message, details } = failure;
		if (details.reach === 'model')
			return notice(
				`${message}: ${modelId}. RunComfy renames and retires models: choose one from the list above.`,
			);
		// Fields that are there are emptied when n8n gets none, and kept when it gets an error.
		if (hasFields(form)) throw listError(form, failure);
		return notice(`The inputs could not be read. ${message}. ${details.hint ?? ''}`.trim());
	}
}

function hasFields(form: ILoadOptionsFunctions): boolean {
	const { schema } = (form.getCurrentNodeParameter('modelInputs') ?? {}) as { schema?: unknown };
	return Array.isArray(schema) && schema.length > 0;
}
