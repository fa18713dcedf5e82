import { capitalized } from '../text/values';
import type { ReferenceFile } from './files/inspect';
import type { PlacedReference } from './files/reference';
import { bodyIssue, makeSmaller, sizeIssue, type SendFilesAs } from './files/ways';
import type { Finding } from './order';
import { labelOf } from './references';

const OR_AUTO = "or set 'Send Files As' under Options to Auto";

type Linked = ReadonlySet<ReferenceFile>;

/** What is too large for its way: files, and links of the user's that were looked at. */
export const sizeFindings = (references: PlacedReference[], linked: Linked): Finding[] =>
	references.flatMap((placed) => sizeFinding(placed, linked) ?? []);

function sizeFinding(placed: PlacedReference, linked: Linked): Finding | undefined {
	const { reference, kind } = placed;
	const isFile = 'file' in reference;
	const { type, bytes = 0 } = isFile ? reference.file : (reference.look ?? {});
	// Something else is wrong with it.
	if (type && !type.mime.startsWith(`${kind}/`)) return undefined;
	const way = isFile && !linked.has(reference.file) ? 'data' : 'link';
	const issue = sizeIssue(kind, bytes, way);
	if (!issue) return undefined;
	const orAuto = way === 'data' && !sizeIssue(kind, bytes, 'link') ? `, ${OR_AUTO}` : '';
	const text = `${labelOf(placed)} ${issue}. ${capitalized(makeSmaller(kind))}${orAuto}`;
	return { text, item: isFile ? reference.file.item : undefined };
}

/** What speaks against a request of this size. */
export function bodyFindings(bytes: number, sendFilesAs: SendFilesAs): Finding[] {
	const issue = bodyIssue(bytes);
	const todo = sendFilesAs === 'data' ? `Use smaller files, ${OR_AUTO}` : 'Shorten the inputs';
	return issue ? [{ text: `${issue}. ${todo}` }] : [];
}
