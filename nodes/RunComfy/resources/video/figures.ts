import type { IDataObject } from 'n8n-workflow';

import type { Reference } from '../../order/files/reference';
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

/** What each figure stands for, as the output tells it: never the file itself. */
export function describe(
	inputs: ModelInputs,
	images: Reference[],
	video: Reference | undefined,
	combined: boolean,
): IDataObject[] {
	const one = (reference: Reference): IDataObject => {
		if ('url' in reference) return { from: 'url' };
		const { item, name, type, bytes } = reference.file;
		return { from: `binary:${name}`, ...(combined && { item }), mime_type: type?.mime, bytes };
	};
	const figures = images.map((image, index) => ({
		figure: index + 1,
		kind: 'image',
		...one(image),
	}));
	return [
		...('images' in inputs ? [] : figures),
		...(video && !('video' in inputs) ? [{ kind: 'video', ...one(video) }] : []),
	];
}
