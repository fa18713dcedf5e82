import { tierOf } from '../resources/video/tiers';
import type { Reference } from '../order/body';
import { imageIssue, videoIssue } from '../resources/video/limits';

/** Whether there are more images than the model takes, as sentences. */
export function countIssues(modelId: string, images: Reference[], video?: Reference): string[] {
	const limits = tierOf(modelId)?.maxImages;
	if (!limits) return [];
	const max = video ? limits.withVideo : limits.alone;
	const beside = video ? ' beside a reference video' : '';
	return images.length > max
		? [
				`'Reference Images' stands for ${images.length} images, and there may be at most ${max}${beside}. Leave some out`,
			]
		: [];
}

/** What keeps files from being sent, each with the input item it is on. */
export function fileIssues(
	images: Reference[],
	video?: Reference,
): Array<{ item: number; text: string }> {
	const checks = [
		...images.map((reference, index) => ({
			reference,
			label: `Figure ${index + 1}`,
			check: imageIssue,
		})),
		...(video ? [{ reference: video, label: 'Reference video', check: videoIssue }] : []),
	];
	return checks.flatMap(({ reference, label, check }) => {
		if (!('file' in reference)) return [];
		const { item, name, binary } = reference.file;
		const issue = check(reference.file);
		const fileName = binary.fileName ? ` (${binary.fileName})` : '';
		return issue ? [{ item, text: `${label}: file '${name}'${fileName} ${issue}` }] : [];
	});
}
