import type { INodeProperties } from 'n8n-workflow';

import * as cancel from './cancel';
import * as create from '../shared/operations';
import * as estimateCost from './estimateCost';
import * as generate from './generate';
import * as getStatus from './getStatus';
import * as waitForCompletion from './waitForCompletion';

// n8n wants options sorted by name from five on.
const operations = [cancel, create, estimateCost, generate, getStatus, waitForCompletion];

export const videoProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['video'] } },
		options: operations.map(({ option }) => option),
		default: 'generate',
	},
	...operations.flatMap(({ fields }) => fields),
];
