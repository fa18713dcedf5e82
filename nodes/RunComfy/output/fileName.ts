/** File systems and PostgreSQL take no longer names; in bytes of UTF-8. */
const MAX_BYTES = 255;

const DEFAULT_ENDING = '.mp4';

/** A plain file name with an extension, since the nodes that follow go by it; a long one is cut before it. */
export function fileNameOf(name: string): string {
	const plain = name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_');
	const [ending] = /\.(mp4|mov|m4v|webm)$/i.exec(plain) ?? [''];
	const stem = ending ? plain.slice(0, -ending.length) : plain;
	return cut(stem, MAX_BYTES - (ending || DEFAULT_ENDING).length) + (ending || DEFAULT_ENDING);
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
