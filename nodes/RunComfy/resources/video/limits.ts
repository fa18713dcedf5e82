import type { Look, Reference } from '../../order/files/reference';
import type { Finding } from '../../order/order';
import { labelOf } from '../../order/references';
import { cutOffIssue, emptyIssue, typeIssueOf } from '../shared/fileIssues';
import { IMAGE } from './imageLimits';
import type { MediaLimits } from './mediaLimits';
import { tierOf } from './tiers';
import { VIDEO } from './videoLimits';

/** A reference of which something is known, and how a message begins that is about it. */
interface Subject {
	label: string;
	item?: number;
	look: Look;
	isLink: boolean;
	limits: MediaLimits;
}

/** Whether there are more images than the model takes. */
export function countIssues(modelId: string, images: Reference[], video?: Reference): Finding[] {
	const limits = tierOf(modelId)?.maxImages;
	if (!limits) return [];
	const max = video ? limits.withVideo : limits.alone;
	const beside = video ? ' beside a reference video' : '';
	return images.length > max
		? [
				{
					text: `'Reference Images' finds ${images.length} images; the limit is ${max}${beside}. Leave some out`,
				},
			]
		: [];
}

/** What keeps references from being sent: of files, and of links that were looked at. */
export function fileIssues(images: Reference[], video?: Reference): Finding[] {
	return subjectsOf(images, video).flatMap((subject) => {
		const { label, item } = subject;
		const firm =
			emptyIssue(subject.look, subject.isLink) ??
			typeIssue(subject, false) ??
			contentIssue(subject);
		if (firm) return [{ item, text: `${label} ${firm}` }];
		const lenient = typeIssue(subject, true) ?? subject.limits.klingIssue(subject.look);
		return lenient ? [{ item, text: `${label} ${lenient}`, check: 'limits' }] : [];
	});
}

/** What may come out otherwise than meant, a sentence each. */
export function fileWarnings(images: Reference[], video?: Reference): string[] {
	return subjectsOf(images, video).flatMap(({ label, look, limits }) =>
		limits.oddities(look).map((oddity) => `${label} ${oddity}.`),
	);
}

function subjectsOf(images: Reference[], video?: Reference): Subject[] {
	const placed = [
		...images.map((reference, index) => ({
			reference,
			place: `Figure ${index + 1}`,
			limits: IMAGE,
		})),
		...(video ? [{ reference: video, place: 'Reference video', limits: VIDEO }] : []),
	];
	return placed.flatMap(({ reference, place, limits }): Subject[] => {
		const label = labelOf({ place, reference });
		if ('file' in reference) {
			const { item } = reference.file;
			return [{ label, item, look: reference.file, isLink: false, limits }];
		}
		const { look } = reference;
		return look ? [{ label, look, isLink: true, limits }] : [];
	});
}

/**
 * Another type than those that are taken. `isLenient` asks for those that are of the same kind, such as
 * HEIC: which of them Kling reads is not RunComfy's word.
 */
function typeIssue(
	{ look, isLink, limits: { kind, wanted } }: Subject,
	isLenient: boolean,
): string | undefined {
	const { type } = look;
	// The look at a link may not have come as far as its first bytes.
	if (type?.kind === kind || (!type && isLink)) return undefined;
	if (isLenient !== Boolean(type?.mime.startsWith(`${kind}/`))) return undefined;
	return typeIssueOf(look, wanted);
}

function contentIssue({ look, limits }: Subject): string | undefined {
	return cutOffIssue(look) ?? limits.contentIssue(look);
}
