import type { IDataObject, IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

import { allModels } from '../reads/catalogue';
import { Failure } from '../api/failure';
import { count, fieldReader, mustBe, yesOrNo } from '../text/fields';
import { isUnset } from '../text/values';
import { GET_MANY_LABELS } from '../check/labels';
import { perItem } from './perItem';

/** Get Many: the models of the catalogue that a search finds, an output item each. */
export const getMany = perItem(async ({ context, index, signal, connected }) => {
	const limit = limitOf(context);
	const query = { search: textOf(context, 'search'), category: textOf(context, 'category') };
	const { api } = await connected();
	const items: INodeExecutionData[] = [];
	for await (const model of allModels(api, query, { signal })) {
		items.push({ json: model as IDataObject, pairedItem: { item: index } });
		if (items.length >= limit) break;
	}
	return items;
});

function textOf(context: IExecuteSingleFunctions, name: string): string | undefined {
	const value: unknown = context.getNodeParameter(name, '');
	return isUnset(value) ? undefined : String(value).trim();
}

function limitOf(context: IExecuteSingleFunctions): number {
	const values = {
		returnAll: context.getNodeParameter('returnAll', false) as unknown,
		limit: context.getNodeParameter('limit', 50) as unknown,
	};
	const refuse = (text: string): never => {
		throw new Failure(text, { submitted: 'no' });
	};
	const read = fieldReader(GET_MANY_LABELS, values, refuse);
	if (read('returnAll', yesOrNo)) return Infinity;
	return (
		read('limit', count) ?? refuse(mustBe(`'${GET_MANY_LABELS.limit}'`, count.must, values.limit))
	);
}
