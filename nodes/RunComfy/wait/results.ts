import type { ResultFile } from '../api/types';

const isUrl = (text: string): boolean =>
	/^[a-z][a-z\d+.-]*:\/\/\S+$/i.test(text) && URL.canParse(text);

/**
 * The files that a result's `output` names, in order and once each. It may be a URL, an object with a `url`, a
 * list of both, or an object with fields of these (`video`, `videos`, `images`, …).
 */
export function filesIn(output: unknown): ResultFile[] {
	const files = new Map<string, ResultFile>();
	const collect = (value: unknown, field?: string): void => {
		if (typeof value === 'string') {
			const url = value.trim();
			if (isUrl(url) && !files.has(url))
				files.set(url, field === undefined ? { url } : { url, field });
		} else if (Array.isArray(value)) {
			for (const entry of value) collect(entry, field);
		} else if (typeof value === 'object' && value !== null) {
			for (const [key, inner] of Object.entries(value)) collect(inner, key === 'url' ? field : key);
		}
	};
	collect(output);
	return [...files.values()];
}

/** What makes a file the video of a result, the surest sign first. */
const VIDEO_SIGNS: Array<(file: ResultFile) => boolean> = [
	({ field }) => field === 'video',
	({ field }) => field === 'videos',
	({ url }) => /\.(mp4|mov|m4v|webm)$/i.test(new URL(url).pathname),
	() => true,
];

/** The URL of the video in a result's `output`. */
export function videoUrlOf(output: unknown): string | undefined {
	const files = filesIn(output);
	const found = VIDEO_SIGNS.map((isVideo) => files.find(isVideo)).find(Boolean);
	return found?.url;
}
