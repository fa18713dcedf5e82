/** The longest name that file systems and PostgreSQL take, in bytes of UTF-8. */
const MAX_BYTES = 255;

/**
 * A plain file name with one of `endings`, since the nodes that follow go by it, and `mark` before it; a long
 * name is cut before both. A name without any gets the first.
 */
export function fileNameOf(name: string, endings: readonly string[], mark = ''): string {
	const plain = name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_');
	const { length = 0 } = endings.find((ending) => plain.toLowerCase().endsWith(ending)) ?? '';
	const stem = plain.slice(0, plain.length - length);
	const ending = mark + (plain.slice(stem.length) || endings[0]);
	return cut(stem, MAX_BYTES - Buffer.byteLength(ending)) + ending;
}

/** The whole characters at the beginning of a text that fit into so many bytes. */
function cut(text: string, bytes: number): string {
	if (Buffer.byteLength(text) <= bytes) return text;
	let [kept, left] = ['', bytes];
	for (const character of text) {
		left -= Buffer.byteLength(character);
		if (left < 0) break;
		kept += character;
	}
	return kept.trimEnd();
}
