import type { Resource } from '../shared/operations';
import { optionsField, videoFields } from './fields/video';
import { TIERS } from './tiers';

const tierNames = Object.fromEntries(TIERS.map(({ modelId, name }) => [modelId, `: ${name}`]));

/** Kling Video O3 Reference to Video. */
export const video: Resource = {
	name: 'Video',
	value: 'video',
	noun: 'video',
	orderFields: videoFields,
	optionsField,
	subtitle: `((${JSON.stringify(tierNames)})[$parameter["model"]] || "")`,
	loadOrder: async () => (await import('./order')).videoOrder,
};
