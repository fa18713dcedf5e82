/** Labels of the guards in the form, by parameter. */
export const GUARD_LABELS = {
	dryRun: 'Dry Run',
	idempotencyKey: 'Idempotency Key',
	maxConcurrent: 'Maximum Concurrent Requests',
	maxCostUsd: 'Maximum Cost (USD)',
	maxRunCostUsd: 'Maximum Run Cost (USD)',
	sendFilesAs: 'Send Files As',
	skipChecks: 'Skip Checks',
} as const;

/** Labels of the fields of Get Many in the form, by parameter. */
export const GET_MANY_LABELS = {
	returnAll: 'Return All',
	limit: 'Limit',
	search: 'Search',
	category: 'Category',
} as const;

/** Label of the field of the operations that go on with a request. */
export const REQUEST_ID_LABEL = 'Request ID';
