import {
	type ILoadOptionsFunctions,
	type INodeListSearchItems,
	type INodeListSearchResult,
} from 'n8n-workflow';

import type { Api } from '../../api/client';
import { toFailure } from '../../api/failure';
import type { ModelEntry } from '../../api/types';
import { readCategories, readModels, type ModelQuery } from '../../reads/catalogue';
import { exactNumber } from '../../text/values';
import { formApi, listError } from './formApi';

/** The kinds of models that RunComfy has (official clients). */
const KINDS = ['model', 'workflow', 'inference'];

/** A word that may be the name of a category, such as text-to-image. */
const MAYBE_CATEGORY = /^[a-z0-9]+(-[a-z0-9]+)+$/i;

/** One page of the models that a search finds, with name and price. */
export async function searchModels(
	form: ILoadOptionsFunctions,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	try {
		const { api, deadline } = await formApi(form);
		const query = await queryOf(api, filter, deadline);
		const offset = exactNumber(paginationToken) ?? 0;
		const { models, total = Infinity } = await readModels(api, query, { offset }, { deadline });
		const next = offset + models.length;
		return {
			results: models.map(choiceOf),
			...(models.length && next < total && { paginationToken: String(next) }),
		};
	} catch (error) {
		throw listError(form, toFailure(error, 'no'));
	}
}

/** What a search asks for: words that name a category or, as `kind:workflow`, a kind count as such. */
async function queryOf(api: Api, filter: string, deadline: number): Promise<ModelQuery> {
	const words = filter.trim().split(/\s+/).filter(Boolean);
	const kind = KINDS.find((name) => words.some((word) => word.toLowerCase() === `kind:${name}`));
	const others = words.filter((word) => word.toLowerCase() !== `kind:${kind}`);
	const category = await categoryIn(api, others, deadline);
	const search = others.filter((word) => word.toLowerCase() !== category?.toLowerCase()).join(' ');
	return { search, category, kind };
}

async function categoryIn(
	api: Api,
	words: string[],
	deadline: number,
): Promise<string | undefined> {
	if (!words.some((word) => MAYBE_CATEGORY.test(word))) return undefined;
	// Without the categories, the word is searched for like any other.
	const categories = await readCategories(api, { deadline }).catch(() => []);
	return categories.find((name) => words.some((word) => word.toLowerCase() === name.toLowerCase()));
}

function choiceOf(entry: ModelEntry): INodeListSearchItems {
	const { model_id: value = '', display_name: name, model_url: url, categories } = entry;
	const price = priceOf(entry);
	return {
		name: [name?.trim() || value, price].filter(Boolean).join(' · '),
		value,
		...(Array.isArray(categories) && { description: categories.join(', ') }),
		...(typeof url === 'string' && /^https:\/\//.test(url) && { url }),
	};
}

function priceOf({ base_price_usd: price, price_unit: unit }: ModelEntry): string | undefined {
	const amount = exactNumber(price);
	if (amount === undefined || amount <= 0) return undefined;
	return `$${amount}${unit ? ` per ${unit}` : ''}`;
}
