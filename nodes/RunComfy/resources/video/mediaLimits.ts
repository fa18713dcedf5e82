import type { Look } from '../../order/files/reference';

/** What references of one kind have to be like. */
export interface MediaLimits {
	kind: 'image' | 'video';
	/** The types that are taken, as a user would call them. */
	wanted: string;
	/** Why nothing could come of it, whatever the limits are; as the end of a sentence. */
	contentIssue(look: Look): string | undefined;
	/** What is beyond limits that RunComfy doesn't publish itself, as the end of a sentence. */
	klingIssue(look: Look): string | undefined;
	/** What may come out otherwise than meant, each as the end of a sentence. */
	oddities(look: Look): string[];
}
