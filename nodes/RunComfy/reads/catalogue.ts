import type { Answer } from '../api/answers';
import type { Api } from '../api/client';
import type { Subject } from '../api/explanations';
import { Failure } from '../api/failure';
import { CATALOGUE } from '../api/services';
import type { ModelEntry } from '../api/types';
import { now } from '../n8n/clock';
import { exactNumber } from '../text/values';
import { read, READ_DEADLINE_MS } from './read';

/** Page size of RunComfy's official clients; 1 to 500 are allowed. */
const PAGE_SIZE = 100;

/** Which models are wanted; what is unset does not count. */
export interface ModelQuery {
	search?: string;
	category?: string;
	kind?: string;
	/** Whether the input schema comes with each record. */
	includeSchema?: boolean;
}

/** Some of the models that a query finds, and how many it finds where that is told. */
export interface ModelPage {
	models: ModelEntry[];
	total?: number;
}

export interface CatalogueOptions {
	/** Time of n8n/clock after which no further try is made; without it, a minute from now. */
	deadline?: number;
	signal?: AbortSignal;
}

/** Reads one page of the models that a query finds. Throws a Failure when that cannot be read. */
export async function readModels(
	api: Api,
	{ search, category, kind, includeSchema }: ModelQuery,
	page: { offset: number; limit?: number },
	options: CatalogueOptions = {},
): Promise<ModelPage> {
	const query = new URLSearchParams({
		...(search && { search }),
		...(category && { category }),
		...(kind && { kind }),
		...(includeSchema && { include_schema: 'true' }),
		limit: String(page.limit ?? PAGE_SIZE),
		offset: String(page.offset),
	});
	const answer = await get(api, CATALOGUE.listPath(query), 'models', options);
	const { models, total } = answer.json ?? {};
	if (!Array.isArray(models)) throw unreadable('list of models');
	return { models: models.filter(isModel), total: exactNumber(total) };
}

/** Reads all models that a query finds, page by page, once each. */
export async function* allModels(
	api: Api,
	query: ModelQuery,
	options: Pick<CatalogueOptions, 'signal'> = {},
): AsyncGenerator<ModelEntry> {
	const known = new Set<unknown>();
	for (let offset = 0; ; ) {
		const { models, total = Infinity } = await readModels(api, query, { offset }, options);
		const fresh = models.filter(({ model_id: id }) => !known.has(id) && known.add(id));
		yield* fresh;
		offset += models.length;
		// A server that ignores `offset` would return the same page for ever.
		if (!fresh.length || offset >= total) return;
	}
}

/** Reads the record of one model, with its input schema. */
export async function readModel(
	api: Api,
	modelId: string,
	options: CatalogueOptions = {},
): Promise<ModelEntry> {
	const { json } = await get(api, CATALOGUE.modelPath(modelId), 'model', options);
	return json as ModelEntry;
}

/** As `readModel`, but once for all who share `known`, as the items of a run do. */
export async function readModelOnce(
	known: Map<string, Promise<ModelEntry>>,
	api: Api,
	modelId: string,
	options: CatalogueOptions,
): Promise<ModelEntry> {
	let entry = known.get(modelId);
	if (!entry) {
		entry = readModel(api, modelId, options);
		// Whoever tries again asks again.
		entry.catch(() => known.delete(modelId));
		known.set(modelId, entry);
	}
	return await entry;
}

/** Reads the names of the categories, such as `text-to-image`. */
export async function readCategories(api: Api, options: CatalogueOptions = {}): Promise<string[]> {
	const { json } = await get(api, CATALOGUE.categoriesPath, 'models', options);
	const categories = json?.categories;
	if (!Array.isArray(categories)) throw unreadable('list of categories');
	return categories.filter((category) => typeof category === 'string');
}

async function get(
	api: Api,
	path: string,
	subject: Subject,
	{ deadline = now() + READ_DEADLINE_MS, signal }: CatalogueOptions,
): Promise<Answer> {
	return await read(api, path, { subject, deadline, signal, known: { submitted: 'no' } });
}

/** What has no ID cannot be used. */
const isModel = (value: unknown): value is ModelEntry =>
	typeof (value as ModelEntry | null)?.model_id === 'string';

const unreadable = (what: string): Failure =>
	new Failure(`RunComfy returned no ${what}`, {
		submitted: 'no',
		hint: "Check 'Base URL' of the credential. If it is right, run again later.",
	});
