import type { PlacedReference, Reference } from '../../order/files/reference';
import type { ModelInputs } from './inputs';

/** Warnings for references that 'Additional Input' has fields of its own for. */
export function replacedWarnings(
	inputs: ModelInputs,
	images: Reference[],
	video?: Reference,
): string[] {
	const replaced = [
		...(images.length && 'images' in inputs ? ["'Reference Images'"] : []),
		...(video && 'video' in inputs ? ["'Reference Video'"] : []),
	];
	return replaced.map((field) => `'Additional Input (JSON)' is sent instead of ${field}.`);
}

/** What each figure stands for. */
export function placedReferences(
	inputs: ModelInputs,
	images: Reference[],
	video: Reference | undefined,
): PlacedReference[] {
	const figures = images.map((reference, index) => ({
		reference,
		place: `Figure ${index + 1}`,
		kind: 'image',
		about: { figure: index + 1 },
	}));
	return [
		...('images' in inputs ? [] : figures),
		...(video && !('video' in inputs)
			? [{ reference: video, place: 'Reference video', kind: 'video', about: {} }]
			: []),
	];
}
