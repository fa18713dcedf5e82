/** `GET /v1/requests/{id}/status` */
export interface RequestStatus {
	status?: string;
	queue_position?: number;
}

/** `GET /v1/requests/{id}/result`; `cost` is in USD and may come later than the result. */
export interface RequestResult {
	status?: string;
	model_id?: string;
	output?: unknown;
	created_at?: string;
	finished_at?: string;
	error?: unknown;
	cost?: unknown;
}

/** `GET /v1/models/{model_id}`, as far as this node reads it. */
export interface ModelEntry {
	model_id?: string;
	base_price_usd?: unknown;
	price_unit?: string;
	pricing_note?: string;
}
