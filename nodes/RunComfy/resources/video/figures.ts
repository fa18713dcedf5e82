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

/** Warnings for figures that the prompts name beyond the images, of which the form gave `given`. */
export function figureWarnings(inputs: ModelInputs, given: number): string[] {
	const count = Array.isArray(inputs.images) ? inputs.images.length : given;
	const segments = Array.isArray(inputs.multi_prompt)
		? (inputs.multi_prompt as Array<IDataObject | null>)
		: [];
	const text = [inputs.prompt, ...segments.map((segment) => segment?.prompt)].join('\n');
	// a list follows the plural only: "Figure 1 and 2 dogs" names one figure
	const pattern = /\bfig(?:ure)?(s?)\.?\s*#?(\d{1,3})(?:(?:[\s,&–-]|and|or|to)+\d{1,3})*\b/gi;
	const named = [...text.matchAll(pattern)].flatMap(([all, plural, first]) =>
		(plural ? all.match(/\d+/g)! : [first]).map(Number),
	);
	return [...new Set(named)]
		.filter((figure) => figure < 1 || figure > count)
		.map(
			(figure) =>
				`The prompt names Figure ${figure}, and there ${count === 1 ? 'is 1 reference image' : `are ${count} reference images`}.`,
		);
}
