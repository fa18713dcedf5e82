/** The shapes that an output can have, each with the address of the video in it. */
const SHAPES = {
	// RunComfy's pages and official clients
	video: (url: string) => ({ video: url }),
	videos: (url: string) => ({ videos: [url] }),
	string: (url: string) => url,
	list: (url: string) => [url],
	// Tests of official clients
	videoObject: (url: string) => ({ video: { url } }),
	objects: (url: string) => [{ url }],
	twice: (url: string) => ({ video: url, videos: [url, url] }),
	mixed: (url: string) => ({
		image: `${url}.png`,
		audios: [`${url}.wav`],
		video: url,
	}),
	// Made up
	object: (url: string) => ({ url }),
	text: () => ({ text: 'no file' }),
	none: () => undefined,
};

export type OutputShape = keyof typeof SHAPES;

export const isOutputShape = (name: unknown) => Object.hasOwn(SHAPES, String(name));

export const outputOf = (shape: OutputShape, url: string): unknown => SHAPES[shape](url);
