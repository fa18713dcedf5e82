import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	ResourceMapperFields,
} from 'n8n-workflow';

/** What the form of the resource reads live. Loaded on first use, as operations are. */
export const methods = {
	listSearch: {
		async searchModels(
			this: ILoadOptionsFunctions,
			filter?: string,
			paginationToken?: string,
		): Promise<INodeListSearchResult> {
			return await (await import('./search')).searchModels(this, filter, paginationToken);
		},
	},
	resourceMapping: {
		async modelInputs(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
			return await (await import('./liveForm')).modelInputs(this);
		},
	},
};
