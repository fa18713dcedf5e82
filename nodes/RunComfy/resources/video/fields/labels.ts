/** Labels of the inputs of a video in the form, by parameter. */
export const VIDEO_LABELS = {
	prompt: 'Prompt',
	aspectRatio: 'Aspect Ratio',
	duration: 'Duration (Seconds)',
	keepOriginalSound: 'Keep Original Sound',
	multiPrompt: 'Multi-Shot Prompt',
	shotType: 'Shot Type',
	sound: 'Sound',
} as const;
