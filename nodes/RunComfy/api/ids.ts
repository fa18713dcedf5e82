/** Whether a value is a request ID as RunComfy's official clients accept them. */
export function isRequestId(id: unknown): id is string {
	return typeof id === 'string' && /^[A-Za-z0-9_-]{1,128}$/.test(id);
}

/** In characters; the longest ID of the catalogue that the simulator carries has 48. */
const MAX_MODEL_ID = 200;

/** Whether text can stand in the path of a request as a model ID, such as `kling/…/standard`. */
export function isModelId(modelId: string): boolean {
	return modelId.length <= MAX_MODEL_ID && /^[\w-][\w.-]*(\/[\w-][\w.-]*)+$/.test(modelId);
}
