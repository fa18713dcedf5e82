import type { IDataObject } from 'n8n-workflow';

import type { Finding } from '../../order/order';
import { unfilledIssue } from '../../text/unfilled';
import type { ModelInputs } from './inputs';

/** The tiers take up to 7 images (published schemas), so a larger number is no reference: "a figure 8". */
const MAX_FIGURE = 7;

// A list follows the plural only: "Figure 1 and 2 dogs" names one figure.
const FIGURES = /\bfig(?:ure)?(s?)\.?\s*#?(\d{1,3})(?:(?:[\s,&–-]|and|or|to)+\d{1,3})*\b/gi;

// How other models and hosts name references: @Image1 and @Element1 (fal), <<<image_1>>> (Kling's own API),
// [Image 1] (Seedance), <image_1> and <|image_1|> (image models).
const THING =
	'(?:image|img|picture|photo|video|clip|element|audio|voice|character|subject|ref|reference)';
const DIALECT = new RegExp(
	`(?<!\\w)@${THING}[ _-]?\\d+\\b|<{1,3}\\|?${THING}[ _-]?\\d+\\|?>{1,3}|\\[${THING}[ _-]?\\d+\\]`,
	'i',
);

/** How a prompt goes with its references. */
export interface PromptContext {
	/** Reference images that the form gave. */
	images: number;
	/** Input items of the run, where each one makes a video of its own; 1 otherwise. */
	items: number;
}

/** What the prompts of a video say that cannot be meant; the user may know better. */
export function promptFindings(inputs: ModelInputs, { images, items }: PromptContext): Finding[] {
	const shots = Array.isArray(inputs.multi_prompt)
		? (inputs.multi_prompt as Array<IDataObject | null>)
		: [];
	const prompts = [
		{ field: "'Prompt'", text: inputs.prompt ?? '' },
		...shots.map((shot, index) => ({
			field: `Shot ${index + 1} of 'Multi-Shot Prompt'`,
			text: String(shot?.prompt ?? ''),
		})),
	];
	const count = Array.isArray(inputs.images) ? inputs.images.length : images;
	const text = prompts.map((prompt) => prompt.text).join('\n');
	return [
		...prompts.flatMap(unfilled),
		...prompts.flatMap(dialect),
		...missingFigures(text, count, items),
	].map((finding) => ({ text: finding, check: 'prompt' }));
}

/** Whether a prompt counts its figures from 0; which one it means cannot be told. */
export function zeroWarnings({ prompt = '' }: ModelInputs): string[] {
	return figuresIn(prompt).includes(0)
		? ['The prompt names Figure 0. Figures are counted from 1.']
		: [];
}

interface Prompt {
	field: string;
	text: string;
}

function unfilled({ field, text }: Prompt): string[] {
	const issue = unfilledIssue(text);
	return issue === undefined ? [] : [`${field} ${issue}`];
}

function dialect({ field, text }: Prompt): string[] {
	const [name] = DIALECT.exec(text) ?? [];
	if (!name) return [];
	const kling = /video|clip/i.test(name)
		? 'Here it is just called the reference video'
		: `Here it is called Figure ${/\d+/.exec(name)?.[0]}`;
	return [`${field} says ${name}, as other models name references. ${kling}`];
}

function missingFigures(text: string, count: number, items: number): string[] {
	const missing = figuresIn(text).filter((figure) => figure > count && figure <= MAX_FIGURE);
	if (!missing.length) return [];
	const named = missing.map((figure) => `Figure ${figure}`).join(', ');
	const there =
		count === 0
			? 'there is no reference image'
			: count === 1
				? 'there is 1 reference image'
				: `there are ${count} reference images`;
	return [`The prompt names ${named}, but ${there}. ${missingHint(count, items)}`];
}

function missingHint(count: number, items: number): string {
	if (items > 1 && count > 0)
		return `Each of the ${items} input items makes a video of its own. To make one video from the images of all, set 'Input Items' to One Video From All Items`;
	if (count > 0) return "Add it under 'Reference Images', or change the prompt";
	// n8n empties a list that is given as an expression or under a wrong key, in silence.
	return "Add an entry to 'Reference Images'. n8n ignores an expression for the whole list: expressions belong in the fields of an entry";
}

function figuresIn(text: string): number[] {
	const named = [...text.matchAll(FIGURES)].flatMap(([all, plural, first]) =>
		(plural ? all.match(/\d+/g)! : [first]).map(Number),
	);
	return [...new Set(named)];
}
