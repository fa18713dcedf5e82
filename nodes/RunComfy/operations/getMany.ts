import type { IDataObject, IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

import { Failure } from '../api/failure';
import { GET_MANY_LABELS } from '../check/labels';
import { allModels } from '../reads/catalogue';
import { count, fieldReader, mustBe, text, yesOrNo } from '../text/fields';
import { perItem } from './perItem';

/** Get Many: the models of the catalogue that a search finds, an output item each. */
export const getMany = perItem(async ({ context, index, signal, connected }) => {
	const { limit, ...query } = wanted(context);
	const { api } = await connected();
	const items: INodeExecutionData[] = [];
	for await (const model of allModels(api, query, { signal })) {
		items.push({ json: model as IDataObject, pairedItem: { item: index } });
		if (items.length >= limit) break;
	}
	return items;
});

/** A longer one finds nothing, and its address would be refused. */
const MAX_WORDS = 200;

function wanted(context: IExecuteSingleFunctions) {
	const values = {
		search: context.getNodeParameter('search', '') as unknown,
		category: context.getNodeParameter('category', '') as unknown,
		returnAll: context.getNodeParameter('returnAll', false) as unknown,
		limit: context.getNodeParameter('limit', 50) as unknown,
	};
	const refuse = (issue: string): never => {
		throw new Failure(issue, { submitted: 'no' });
	};
	const read = fieldReader(GET_MANY_LABELS, values, refuse);
	const query = {
		search: read('search', text(MAX_WORDS)),
		category: read('category', text(MAX_WORDS)),
	};
	if (read('returnAll', yesOrNo)) return { ...query, limit: Infinity };
	const limit =
		read('limit', count) ?? refuse(mustBe(`'${GET_MANY_LABELS.limit}'`, count.must, values.limit));
	return { ...query, limit };
}
