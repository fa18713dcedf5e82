import { isBase64, MAKE_FILE } from '../../order/files/base64';
import type { Look } from '../../order/files/reference';
import { preview } from '../../text/values';

/** Why nothing could come of a file, whatever it is for; as the end of a sentence. */
export function emptyIssue({ bytes }: Look, isLink: boolean): string | undefined {
	return bytes === 0
		? `is empty (0 bytes). Check the ${isLink ? 'link' : 'node that made it'}`
		: undefined;
}

export function cutOffIssue({ isCutOff }: Look): string | undefined {
	return isCutOff ? 'is cut off: its end is missing. Download or export it again' : undefined;
}

/** What a file is instead of what it must be. */
export function typeIssueOf({ type, text }: Look, wanted: string, hint = type?.hint): string {
	if (text) {
		const { what, help } = textIssue(text);
		return `is ${what} that begins with '${preview(text)}', but must be ${wanted}. ${help}`;
	}
	const what = type ? type.label : "of a type that this node doesn't know";
	return `is ${what}, but must be ${wanted}${hint ? `. ${hint}` : ''}`;
}

/** What text in place of a file is, as other nodes leave it, and what to do. */
function textIssue(text: string): { what: string; help: string } {
	if (isBase64(text)) return { what: 'base64 text', help: MAKE_FILE };
	return /^\s*[[{]/.test(text)
		? { what: 'JSON', help: 'The node that made it probably failed: look at its output' }
		: { what: 'text', help: 'Look at the output of the node that made it' };
}
