import type { Api } from './client';

/** A request, with its target where the ID alone is not enough to address it. */
export interface RequestRef {
	requestId: string;
	/** The ID of a model or a deployment; empty where it is not known. */
	target?: string;
}

/** One of RunComfy's APIs that take orders. What sets it apart from the others is written here and nowhere else. */
export interface Service {
	/** What an output item calls the target of an order. */
	targetField: 'model_id';
	/** Where it is, for the base URL of a credential. */
	hostFor(baseUrl: string): string;
	/** The path that takes an order. */
	submitPath(target: string): string;
	/** The path of a request, which its status, result and cancel are below. */
	requestPath(request: RequestRef): string;
}

/** The Model API: any model of the catalogue (https://docs.runcomfy.com/model-apis). */
export const MODEL_API: Service = {
	targetField: 'model_id',
	hostFor: (baseUrl) => baseUrl,
	submitPath: (modelId) => `/v1/models/${modelId}`,
	requestPath: ({ requestId }) => `/v1/requests/${requestId}`,
};

export const statusPath = (service: Service, request: RequestRef): string =>
	`${service.requestPath(request)}/status`;

/** Asks for the cost as well. */
export const resultPath = (service: Service, request: RequestRef): string =>
	`${service.requestPath(request)}/result?include_cost=true`;

export const cancelPath = (service: Service, request: RequestRef): string =>
	`${service.requestPath(request)}/cancel`;

/** The catalogue of models, at the host of the Model API. */
export const CATALOGUE = {
	listPath: (query: URLSearchParams): string => `/v1/models?${query.toString()}`,
	modelPath: (modelId: string): string => `/v1/models/${modelId}`,
	categoriesPath: '/v1/models/categories',
};

/** RunComfy keeps accounts at another host than models (its official clients). */
const MODEL_HOST = 'model-api.runcomfy.net';
const ACCOUNT_URL = 'https://api.runcomfy.net';

/** The account; a simulator or proxy has it at its own host. */
export const ACCOUNT = {
	hostFor: (baseUrl: string): string =>
		new URL(baseUrl).hostname === MODEL_HOST ? ACCOUNT_URL : baseUrl,
	balancePath: '/prod/v2/balance',
};

/** The same connection, at the host of a part of RunComfy. */
export const at = (api: Api, { hostFor }: Pick<Service, 'hostFor'>): Api => ({
	...api,
	baseUrl: hostFor(api.baseUrl),
});
