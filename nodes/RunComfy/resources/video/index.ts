import { orderResource } from '../shared/operations';
import { fileTexts } from './fields/files';
import { videoFields, videoOptions } from './fields/video';
import { TIERS } from './tiers';

const tierNames = Object.fromEntries(TIERS.map(({ modelId, name }) => [modelId, `: ${name}`]));

/** Kling Video O3 Reference to Video. */
export const video = orderResource({
	name: 'Video',
	value: 'video',
	noun: 'video',
	fileTexts,
	orderFields: videoFields,
	options: videoOptions,
	subtitle: `((${JSON.stringify(tierNames)})[$parameter["model"]] || "")`,
	loadOrder: async () => (await import('./order')).videoOrder,
	loadDelivery: async () => (await import('./delivery')).videoDelivery,
});
