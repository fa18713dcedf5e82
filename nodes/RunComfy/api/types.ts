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

/** A record of the catalogue, as far as this node reads it; `input_schema` comes where it is asked for. */
export interface ModelEntry {
	model_id?: string;
	display_name?: string;
	model_url?: unknown;
	categories?: unknown;
	kind?: unknown;
	input_schema?: unknown;
	base_price_usd?: unknown;
	price_unit?: string;
	pricing_note?: string;
}

/** What models make. */
export type FileKind = 'image' | 'video' | 'audio';

/** A file that a request made. */
export interface ResultFile {
	url: string;
	/** The field of the output that names it, such as `video`; unset where it stands for itself. */
	field?: string;
}
