import type { INodeProperties } from 'n8n-workflow';

import { GUARD_LABELS } from '../../check/labels';

/** The options that guard what is bought, in every resource that buys. Their names are the contract's. */
export const guardFields: INodeProperties[] = [
	{
		displayName: GUARD_LABELS.dryRun,
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description:
			'Whether to check and price everything and return a sample file a few seconds later, without buying anything',
		// Estimate Cost buys nothing anyway.
		displayOptions: { hide: { '/operation': ['estimateCost'] } },
	},
	{
		displayName: GUARD_LABELS.idempotencyKey,
		name: 'idempotencyKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.order_id }}',
		description:
			'Orders with the same key are bought once: the second one gets the request of the first. Remembered for a day; what that covers is in the README.',
	},
	{
		displayName: GUARD_LABELS.maxConcurrent,
		name: 'maxConcurrent',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 5,
		description:
			'Most requests of one run of this node that are at RunComfy at a time. The next item is sent when one is finished. Without it, all items are sent at once.',
		// Create waits for nothing, so it would not know when one is finished.
		displayOptions: { show: { '/operation': ['generate'] } },
	},
	{
		displayName: GUARD_LABELS.maxCostUsd,
		name: 'maxCostUsd',
		type: 'number',
		typeOptions: { minValue: 0.001, numberPrecision: 3 },
		default: 1,
		description:
			'Most that one item may cost. The live price is read first, and nothing is bought above it, or when the price is unknown.',
	},
	{
		displayName: GUARD_LABELS.maxRunCostUsd,
		name: 'maxRunCostUsd',
		type: 'number',
		typeOptions: { minValue: 0.001, numberPrecision: 3 },
		default: 5,
		description:
			'Most that all items together may cost. All live prices are read first, and nothing is bought above the limit, or when a price is unknown.',
	},
	{
		displayName: GUARD_LABELS.sendFilesAs,
		name: 'sendFilesAs',
		type: 'options',
		options: [
			{
				name: 'Auto',
				value: 'auto',
				description: 'Inside the request where they fit and RunComfy takes them, else as links',
			},
			{
				name: 'Data',
				value: 'data',
				description: 'Inside the request: images up to 6 MiB, videos up to 32 MiB, 64 MiB in all',
			},
			{
				name: 'Link',
				value: 'link',
				description:
					'By n8n, under an address that expires: images up to 50 MB, videos up to 100 MB',
			},
		],
		default: 'auto',
		description:
			'How input files travel to RunComfy. Links need an n8n that the internet reaches over https.',
	},
	{
		displayName: GUARD_LABELS.skipChecks,
		name: 'skipChecks',
		type: 'multiOptions',
		options: [
			{
				name: 'Limits',
				value: 'limits',
				description:
					"Limits that RunComfy doesn't publish itself, such as pixels and seconds of files",
			},
			{
				name: 'Links',
				value: 'links',
				description: 'Looking at links before they are sent',
			},
			{
				name: 'Prompt',
				value: 'prompt',
				description: 'What the prompt says of figures, and text that was never filled in',
			},
		],
		default: [],
		description: 'Checks to leave out where you know better. What they find is then a warning.',
	},
];
