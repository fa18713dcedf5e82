import type { FileKind, ModelEntry } from '../../api/types';

// Categories end in what comes out: text-to-image, edit-video (official clients). IDs mostly say it too.
const BY_CATEGORY: Array<[RegExp, FileKind]> = [
	[/image$/i, 'image'],
	[/video$/i, 'video'],
	[/(audio|music|speech)$/i, 'audio'],
];
const BY_ID: Array<[RegExp, FileKind]> = [
	[/audio|music|speech|voice|\btts\b/i, 'audio'],
	[/video|lipsync|avatar/i, 'video'],
	[/image|\bedit\b/i, 'image'],
];

/** What a model makes, as far as its record says; for a sample, a guess is good enough. */
export function makes({ categories, model_id: id = '' }: ModelEntry): FileKind | undefined {
	const names = Array.isArray(categories) ? categories.map(String) : [];
	const find = (texts: string[], signs: Array<[RegExp, FileKind]>) =>
		texts.flatMap((text) => signs.find(([sign]) => sign.test(text))?.[1] ?? [])[0];
	// "image-to-video/…" says it at its end
	const ends = id.split('-to-').slice(-1);
	return find(names, BY_CATEGORY) ?? find(ends, BY_ID);
}
