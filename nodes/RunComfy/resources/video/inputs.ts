import type { IDataObject } from 'n8n-workflow';

import type { Finding } from '../../order/order';
import { fieldReader, mustBe, oneOf, wholeNumber, yesOrNo } from '../../text/fields';
import { isUnset } from '../../text/values';
import { additionalInput } from '../shared/additionalInput';
import { VIDEO_LABELS } from './fields/labels';
import { shotsOf } from './shots';
import { DEFAULT_SECONDS, tierOf, type Tier } from './tiers';

/** RunComfy's schema: whole seconds from 3 to 15. */
const MIN_DURATION = 3;
const MAX_DURATION = 15;
/** Kling's limit, as other hosts of the same model publish it; in characters. */
const MAX_PROMPT = 2500;

const PROMPT = `'${VIDEO_LABELS.prompt}'`;
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

	const values = { ...options, aspectRatio: parameters.aspectRatio, duration: parameters.duration };
	const read = fieldReader(VIDEO_LABELS, values, (text) => issues.push({ text }));
	const set = (key: string, value: unknown) => {
		if (value !== undefined) inputs[key] = value as IDataObject[string];
	};

	set('prompt', promptOf(parameters.prompt, issues));
	set('aspect_ratio', read('aspectRatio', oneOf(ASPECT_RATIOS)));
	set('duration', read('duration', wholeNumber(MIN_DURATION, MAX_DURATION)));
	const sound = read('sound', yesOrNo);
	set('sound', sound);
	const keepOriginalSound = read('keepOriginalSound', yesOrNo);
	if (hasVideo) set('keep_original_sound', keepOriginalSound);
	const shotType = read('shotType', oneOf(SHOT_TYPES));
	set('shot_type', shotType ?? (tier?.alwaysSendsShotType ? DEFAULT_SHOT_TYPE : undefined));
	const duration = isUnset(parameters.duration) ? DEFAULT_SECONDS : inputs.duration;
	set('multi_prompt', shotsOf(options.multiPrompt, duration, issues));
	checkTier(tier, { hasVideo, sound, keepOriginalSound }, issues, warnings);
	return {
		inputs: { ...inputs, ...additionalInput(options, ADDITIONAL_EXAMPLE, issues) },
		issues,
		warnings,
	};
}

function promptOf(value: unknown, issues: Finding[]): string | undefined {
	if (isUnset(value)) {
		issues.push({ text: `${PROMPT} is empty. Write what happens in the clip` });
		return undefined;
	}
	if (typeof value === 'object') {
		issues.push({ text: `${mustBe(PROMPT, 'text', value)}. Check the expression` });
		return undefined;
	}
	const prompt = String(value);
	const length = [...prompt].length;
	if (length > MAX_PROMPT) {
		issues.push({
			text: `${PROMPT} has ${length} characters; the limit is ${MAX_PROMPT}. Shorten it`,
			check: 'limits',
		});
	}
	return prompt;
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
