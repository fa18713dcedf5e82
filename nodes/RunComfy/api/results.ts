/** The URL of the video in a result's `output`: `{video}`, `{videos: [...]}` or a bare string. */
export function videoUrlOf(output: unknown): string | undefined {
	const { video, videos } = (output ?? {}) as { video?: unknown; videos?: unknown };
	const candidates = [output, video, ...(Array.isArray(videos) ? videos : [videos])];
	return candidates.find(
		(value): value is string => typeof value === 'string' && URL.canParse(value),
	);
}
