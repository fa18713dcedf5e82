/** File systems and PostgreSQL take no longer names; in bytes of UTF-8. */
const MAX_BYTES = 255;

const DEFAULT_ENDING = '.mp4';

/**
 * A plain file name with an extension, since the nodes that follow go by it, and `mark` before it; a long
 * name is cut before both.
 */
export function fileNameOf(name: string, mark = ''): string {
	const plain = name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_');
	const [given = ''] = /\.(mp4|mov|m4v|webm)$/i.exec(plain) ?? [];
	const stem = given ? plain.slice(0, -given.length) : plain;
	const ending = mark + (given || DEFAULT_ENDING);
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
