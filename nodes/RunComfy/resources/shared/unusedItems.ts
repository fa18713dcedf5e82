import type { SourceItem } from '../../order/files/find';
import type { Reference } from '../../order/files/reference';
import type { Finding } from '../../order/order';
import { isUnset, preview } from '../../text/values';

/**
 * Findings about items that are combined into one order but add nothing to it. Where an earlier node put an error
 * in place of the file, the order would lack what its prompt refers to.
 */
export function unusedItems(
	items: SourceItem[],
	references: Reference[],
): { issues: Finding[]; warnings: string[] } {
	const used = new Set(
		// Links come from expressions, which are resolved for the first item.
		references.map((reference) => ('file' in reference ? reference.file.item : 0)),
	);
	const unused = items.length > 1 ? items.filter(({ index }) => !used.has(index)) : [];
	return {
		issues: unused.filter(isFailed).map(({ index, item }) => ({
			item: index,
			text: `A node before failed for this item ('${preview(wordsOf(item.json.error))}'), so its file is missing. Mend that, or leave such items out with a Filter node`,
		})),
		warnings: unused
			.filter((one) => !isFailed(one))
			.map(({ index }) => `Item ${index} adds no reference.`),
	};
}

/** An error of this node has `submitted`; it is recognized before anything is bought. */
function isFailed({ item }: SourceItem): boolean {
	const { error } = item.json;
	return !isUnset(error) && !(typeof error === 'object' && error !== null && 'submitted' in error);
}

/** n8n's nodes return an error as text, or as an object with a message. */
const wordsOf = (error: unknown): unknown =>
	typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
