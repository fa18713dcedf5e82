export type MediaKind = 'image' | 'video' | 'audio';

/** The addresses of a job's files of a kind. `kind` is the one that its model makes. */
export interface OutputFiles {
	kind: MediaKind;
	of: (kind: MediaKind) => string[];
}

type Shape = (files: OutputFiles) => unknown;

const own = ({ kind, of }: OutputFiles) => of(kind);
const one =
	(kind: MediaKind): Shape =>
	({ of }) => ({ [kind]: of(kind)[0] });
const several =
	(kind: MediaKind): Shape =>
	({ of }) => ({ [`${kind}s`]: of(kind) });
const inObject =
	(kind: MediaKind): Shape =>
	({ of }) => ({ [kind]: { url: of(kind)[0] } });

/** The shapes that an output can have. Those without a kind in their name are of the model's own. */
const SHAPES = {
	// RunComfy's pages and official clients
	video: one('video'),
	videos: several('video'),
	image: one('image'),
	images: several('image'),
	audio: one('audio'),
	audios: several('audio'),
	string: (files: OutputFiles) => own(files)[0],
	list: own,
	// Tests of official clients
	videoObject: inObject('video'),
	imageObject: inObject('image'),
	audioObject: inObject('audio'),
	objects: (files: OutputFiles) => own(files).map((url) => ({ url })),
	twice: (files: OutputFiles) => {
		const [url] = own(files);
		return { [files.kind]: url, [`${files.kind}s`]: [url, url] };
	},
	mixed: ({ of }: OutputFiles) => ({
		image: of('image')[0],
		audios: of('audio'),
		video: of('video')[0],
	}),
	// Made up
	object: (files: OutputFiles) => ({ url: own(files)[0] }),
	text: () => ({ text: 'no file' }),
	none: () => undefined,
} satisfies Record<string, Shape>;

export type OutputShape = keyof typeof SHAPES;

export const isOutputShape = (name: unknown) => Object.hasOwn(SHAPES, String(name));

export const outputOf = (shape: OutputShape, files: OutputFiles): unknown => SHAPES[shape](files);

/** What a model makes, by its category: `text-to-image`, `edit-video`. */
export function kindOf(categories: string[]): MediaKind {
	const [kind] = categories.flatMap((name) => /(image|video|audio)$/.exec(name)?.[0] ?? []);
	return (kind as MediaKind | undefined) ?? 'video';
}

/** The end of a file's name. Sounds in a format that is not here are an mp3 all the same. */
export function fileType(kind: MediaKind, format: unknown): string {
	if (kind === 'video') return 'mp4';
	if (kind === 'audio') return String(format).startsWith('wav') ? 'wav' : 'mp3';
	const types: Record<string, string> = { jpeg: 'jpg', jpg: 'jpg', webp: 'webp' };
	return types[String(format)] ?? 'png';
}
