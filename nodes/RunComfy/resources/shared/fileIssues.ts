import type { Look } from '../../order/files/reference';

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
export function typeIssueOf({ type }: Look, wanted: string, hint = type?.hint): string {
	const what = type ? type.label : "of a type that this node doesn't know";
	return `is ${what}, but must be ${wanted}${hint ? `. ${hint}` : ''}`;
}
