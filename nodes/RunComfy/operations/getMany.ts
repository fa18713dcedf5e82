import type { IDataObject, IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

import { allModels } from '../reads/catalogue';
import { Failure } from '../api/failure';
import { exactBoolean, exactNumber, isUnset, preview } from '../text/values';
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
	const all: unknown = context.getNodeParameter('returnAll', false);
	const limit: unknown = context.getNodeParameter('limit', 50);
	const isAll = isUnset(all) ? false : exactBoolean(all);
	if (isAll) return Infinity;
	const [label, rule, given] =
		isAll === undefined
			? ["'Return All'", 'true or false', all]
			: ["'Limit'", 'a whole number from 1 on', limit];
	const exact = exactNumber(limit);
	if (isAll === false && exact !== undefined && Number.isInteger(exact) && exact > 0) return exact;
	throw new Failure(`${label} must be ${rule} (got '${preview(given)}')`, { submitted: 'no' });
}
