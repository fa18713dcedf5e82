import type { IDataObject } from 'n8n-workflow';

import type { Finding } from '../../order/order';
import { mustBe } from '../../text/fields';
import { exactNumber, isUnset, listIn, preview } from '../../text/values';
import { VIDEO_LABELS } from './fields/labels';

/** Kling's limits, as other hosts of the same model publish them; in characters. */
const MAX_SEGMENT_PROMPT = 512;
const MAX_SEGMENTS = 6;

const LABEL = `'${VIDEO_LABELS.multiPrompt}'`;

/** The shots of a video of `duration` seconds as the API takes them; undefined without any. */
export function shotsOf(
	value: unknown,
	duration: unknown,
	issues: Finding[],
): IDataObject[] | undefined {
	const given = listIn(value, 'segment') as Array<IDataObject | null> | undefined;
	if (!given) issues.push({ text: mustBe(LABEL, 'a list of shots', value) });
	if (!given?.length) return undefined;
	if (given.length > 1 && given.every((shot) => isUnset(shot?.prompt))) {
		issues.push({
			text: `${LABEL} has ${given.length} shots without a prompt, as n8n makes them of an expression for the whole list. Give one entry for each shot, with expressions in its fields`,
		});
		return undefined;
	}
	if (given.length > MAX_SEGMENTS) {
		issues.push({
			text: `${LABEL} has ${given.length} shots; the limit is ${MAX_SEGMENTS}`,
			check: 'limits',
		});
	}
	const segments = given.map((shot, index) => {
		const segment = shot ?? {};
		const field = `Shot ${index + 1} of ${LABEL}`;
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
			text: `The shots of ${LABEL} add up to ${sum} s, but '${VIDEO_LABELS.duration}' is ${duration} s. Make them equal`,
		});
	}
	return segments;
}
