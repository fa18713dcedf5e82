import type { IDataObject } from 'n8n-workflow';

import type { Finding } from '../../order/order';
import { exactBoolean, exactNumber, isUnset, listIn, preview } from '../../text/values';
import { additionalInput } from '../shared/additionalInput';
import { DEFAULT_SECONDS, tierOf, type Tier } from './tiers';

/** RunComfy's schema: whole seconds from 3 to 15. */
const MIN_DURATION = 3;
const MAX_DURATION = 15;
/** Kling's limits, as other hosts of the same model publish them; in characters. */
const MAX_PROMPT = 2500;
const MAX_SEGMENT_PROMPT = 512;
const MAX_SEGMENTS = 6;

const ASPECT_RATIOS = ['16:9', '9:16', '1:1'];
const SHOT_TYPES = ['customize', 'intelligent'];
const DEFAULT_SHOT_TYPE = 'customize';
const ADDITIONAL_EXAMPLE = '{"shot_type": "intelligent"}';

/** Input fields of a reference-to-video model as the API names them; unset ones are left out. */
export type ModelInputs = IDataObject & { prompt?: string; images?: unknown; video?: unknown };

/** The parameters of one video besides its references, with expressions resolved. */
export interface VideoParameters {
	modelId: string;
	prompt: unknown;
	aspectRatio: unknown;
	duration: unknown;
	options: IDataObject;
	hasVideo: boolean;
}

export interface CheckedInputs {
	inputs: ModelInputs;
	issues: Finding[];
	/** What is allowed but not what the user may expect, a sentence each. */
	warnings: string[];
}

/** Turns parameters into the model's input fields; nothing may be sent while there are issues. */
export function modelInputs(parameters: VideoParameters): CheckedInputs {
	const { options, hasVideo } = parameters;
	const tier = tierOf(parameters.modelId);
	const issues: Finding[] = [];
	const warnings: string[] = [];
	const inputs: ModelInputs = {};

	const boolean = (field: string, value: unknown): boolean | undefined => {
		if (isUnset(value)) return undefined;
		const exact = exactBoolean(value);
		if (exact === undefined)
			issues.push({ text: `${field} must be true or false (got '${preview(value)}')` });
		return exact;
	};
	const oneOf = (field: string, value: unknown, allowed: string[]): string | undefined => {
		if (isUnset(value)) return undefined;
		const text = String(value).trim();
		if (allowed.includes(text)) return text;
		issues.push({
			text: `${field} must be one of ${allowed.join(', ')} (got '${preview(value)}')`,
		});
		return undefined;
	};
	const set = (key: string, value: unknown) => {
		if (value !== undefined) inputs[key] = value as IDataObject[string];
	};

	set('prompt', promptOf(parameters.prompt, issues));
	set('aspect_ratio', oneOf("'Aspect Ratio'", parameters.aspectRatio, ASPECT_RATIOS));
	set('duration', durationOf(parameters.duration, issues));
	const sound = boolean("'Sound'", options.sound);
	set('sound', sound);
	const keepOriginalSound = boolean("'Keep Original Sound'", options.keepOriginalSound);
	if (hasVideo) set('keep_original_sound', keepOriginalSound);
	const shotType = oneOf("'Shot Type'", options.shotType, SHOT_TYPES);
	set('shot_type', shotType ?? (tier?.alwaysSendsShotType ? DEFAULT_SHOT_TYPE : undefined));
	const duration = isUnset(parameters.duration) ? DEFAULT_SECONDS : inputs.duration;
	set('multi_prompt', segmentsOf(options.multiPrompt, duration, issues));
	checkTier(tier, { hasVideo, sound, keepOriginalSound }, issues, warnings);
	return {
		inputs: { ...inputs, ...additionalInput(options.additionalInput, ADDITIONAL_EXAMPLE, issues) },
		issues,
		warnings,
	};
}

function promptOf(value: unknown, issues: Finding[]): string | undefined {
	if (isUnset(value)) {
		issues.push({ text: "'Prompt' is empty. Write what happens in the clip" });
		return undefined;
	}
	if (typeof value === 'object') {
		issues.push({ text: `'Prompt' must be text (got '${preview(value)}'). Check the expression` });
		return undefined;
	}
	const prompt = String(value);
	const length = [...prompt].length;
	if (length > MAX_PROMPT) {
		issues.push({
			text: `'Prompt' has ${length} characters; the limit is ${MAX_PROMPT}. Shorten it`,
			check: 'limits',
		});
	}
	return prompt;
}

function durationOf(value: unknown, issues: Finding[]): number | undefined {
	if (isUnset(value)) return undefined;
	const seconds = exactNumber(value);
	if (
		seconds !== undefined &&
		Number.isInteger(seconds) &&
		seconds >= MIN_DURATION &&
		seconds <= MAX_DURATION
	) {
		return seconds;
	}
	issues.push({
		text: `'Duration (Seconds)' must be a whole number from ${MIN_DURATION} to ${MAX_DURATION} (got '${preview(value)}')`,
	});
	return undefined;
}

function segmentsOf(
	value: unknown,
	duration: unknown,
	issues: Finding[],
): IDataObject[] | undefined {
	const given = listIn(value, 'segment') as Array<IDataObject | null> | undefined;
	if (!given)
		issues.push({ text: `'Multi-Shot Prompt' must be a list of shots (got '${preview(value)}')` });
	if (!given?.length) return undefined;
	if (given.length > 1 && given.every((shot) => isUnset(shot?.prompt))) {
		issues.push({
			text: `'Multi-Shot Prompt' has ${given.length} shots without a prompt, as n8n makes them of an expression for the whole list. Give one entry for each shot, with expressions in its fields`,
		});
		return undefined;
	}
	if (given.length > MAX_SEGMENTS) {
		issues.push({
			text: `'Multi-Shot Prompt' has ${given.length} shots; the limit is ${MAX_SEGMENTS}`,
			check: 'limits',
		});
	}
	const segments = given.map((shot, index) => {
		const segment = shot ?? {};
		const field = `Shot ${index + 1} of 'Multi-Shot Prompt'`;
		const seconds = exactNumber(segment.duration);
		if (seconds === undefined || !Number.isInteger(seconds) || seconds < 1) {
			issues.push({
				text: `${field} must last a whole number of seconds, at least 1 (got '${preview(segment.duration)}')`,
			});
		}
		const prompt = isUnset(segment.prompt) ? '' : String(segment.prompt);
		if (typeof segment.prompt === 'object' && segment.prompt) {
			issues.push({
				text: `${field} must have text for its prompt (got '${preview(segment.prompt)}')`,
			});
		} else if (!prompt) issues.push({ text: `${field} has no prompt` });
		const length = [...prompt].length;
		if (length > MAX_SEGMENT_PROMPT) {
			issues.push({
				text: `${field} has a prompt of ${length} characters; the limit is ${MAX_SEGMENT_PROMPT}`,
				check: 'limits',
			});
		}
		return { prompt, duration: seconds ?? NaN };
	});
	const sum = segments.reduce((total, segment) => total + segment.duration, 0);
	if (typeof duration === 'number' && Number.isInteger(sum) && sum !== duration) {
		issues.push({
			text: `The shots of 'Multi-Shot Prompt' add up to ${sum} s, but 'Duration (Seconds)' is ${duration} s. Make them equal`,
		});
	}
	return segments;
}

function checkTier(
	tier: Tier | undefined,
	{
		hasVideo,
		sound,
		keepOriginalSound,
	}: { hasVideo: boolean; sound?: boolean; keepOriginalSound?: boolean },
	issues: Finding[],
	warnings: string[],
): void {
	if (!tier) return;
	if (!tier.takesVideo && hasVideo) {
		issues.push({
			text: `${tier.name} doesn't take a reference video. Set 'Reference Video' to None, or choose Standard or Pro`,
		});
	}
	if (!tier.takesVideo && keepOriginalSound !== undefined) {
		issues.push({
			text: `${tier.name} has no 'Keep Original Sound'. Remove that option, or choose Standard or Pro`,
		});
	}
	if (tier.takesVideo && hasVideo && sound) {
		if (tier.takesSoundWithVideo) warnings.push('Sound has no effect beside a reference video.');
		else
			issues.push({
				text: `${tier.name} can't make sound beside a reference video. Turn off 'Sound', or leave out the video`,
			});
	}
}
