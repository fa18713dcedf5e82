import { createHash } from 'crypto';

import { FileValue, type InputValue } from '../../order/body';
import type { Order } from '../../order/order';
import type { Item } from '../item';

/**
 * Identifies the same order, wherever it comes from: a hash of model, inputs and files (name, size and first
 * bytes), for this node of this workflow. IDs of stored files do not count: n8n stores a file anew in each
 * execution.
 */
export function fingerprintOf(
	{ context, api }: Pick<Item, 'context' | 'api'>,
	{ target, input }: Pick<Order, 'target' | 'input'>,
): string {
	const parts = [context.getWorkflow().id, context.getNode().id, api.baseUrl, target, plain(input)];
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

/** The input with its fields sorted, and each file replaced by what identifies it. */
function plain(value: InputValue): unknown {
	if (value instanceof FileValue) {
		const { binary, bytes, digest } = value.file;
		return { file: binary.fileName ?? '', bytes, digest };
	}
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value !== 'object' || value === null) return value;
	const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
	return fields.map(([field, inner]) => [field, plain(inner)]);
}
