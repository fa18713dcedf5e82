import type { INodeProperties } from 'n8n-workflow';

const ORDERED =
	'Each call costs money; the same call again within ten minutes gets the same video.';
const UNFINISHED =
	'If is_finished is false, ask again in a minute with its request_id, and order nothing.';
const FAILED = "If there is an 'error', its submitted tells whether it was paid for.";
const SEVERAL = 'Takes one request_id, or several separated by commas.';

/** How each operation is described to a model. */
const TOLD = {
	cancel: `Cancel a video that is still queued; is_cancelled tells whether it was. ${SEVERAL}`,
	create: `Order a video, and get its request_id at once. ${ORDERED} ${FAILED}`,
	estimateCost: 'Tell what a video would cost in USD, without ordering it.',
	generate: `Make a video, which takes minutes, and get its video_url. ${ORDERED} ${UNFINISHED} ${FAILED}`,
	getBalance: 'Tell how much credit is left on the RunComfy account, in USD.',
	getMany: 'List models of RunComfy with their model_id, price and categories.',
	getStatus: `Look whether a video is finished. ${SEVERAL}`,
	waitForCompletion: `Wait up to 50 seconds for a video that was ordered, and get its video_url. ${UNFINISHED} ${SEVERAL} ${FAILED}`,
};

/** Any model makes files of any kind. */
const FOR_ANY_MODEL =
	'.replaceAll("video_url", $parameter["resource"] === "model" ? "files" : "video_url").replaceAll("video", $parameter["resource"] === "model" ? "result" : "video")';

/**
 * The description of the node as a tool. By itself n8n tells a model the action and the node's name only
 * (n8n 2.41.1). n8n 1 hands expressions over as they are, with all of these texts.
 */
export const toolField: INodeProperties = {
	displayName: 'Tool Description',
	name: 'toolDescription',
	type: 'string',
	required: true,
	typeOptions: { rows: 3 },
	displayOptions: { show: { '@tool': [true] } },
	default: `={{ (${JSON.stringify(TOLD)})[$parameter["operation"]]${FOR_ANY_MODEL} }}`,
	description: 'What the model is told of this tool; left as it is, it goes by the operation',
};
