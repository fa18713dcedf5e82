type ErrorJson = Record<string, unknown>;

/** An error without its order, which it has exactly where Create or Generate may have bought something. */
export function withoutOrder({ order, ...error }: ErrorJson, operation: string): ErrorJson {
	const wasSent = ['create', 'generate'].includes(operation) && error.submitted !== 'no';
	expect(String(order)).toMatch(wasSent ? /^[\w-]{22}$/ : /^undefined$/);
	return error;
}
