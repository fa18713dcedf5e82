import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { DataUri } from '../../simulator/index.mts';
import { simulator } from '../support/simulator.mts';
import { runNode, type RunOptions, type RunOutcome } from './harness.mts';

/** Runs Create with these parameters beside a prompt. Links lead nowhere, so nobody looks at them. */
export const create = async (
	{ options, ...parameters }: IDataObject,
	items: INodeExecutionData[] = [{ json: {} }],
	more: Partial<RunOptions> = {},
): Promise<RunOutcome> =>
	await runNode({
		simulator,
		items,
		parameters: {
			operation: 'create',
			prompt: 'a cat',
			...parameters,
			options: { skipChecks: ['links'], ...(options as IDataObject) },
		},
		...more,
	});

export const submits = () => simulator.log.filter(({ kind }) => kind === 'submit');

export interface Body {
	images?: Array<string | DataUri>;
	video?: string | DataUri;
	[field: string]: unknown;
}

/** What was submitted, in the order of arrival. */
export const bodies = (): Body[] => submits().map(({ body }) => body as Body);

export const item = (
	binary: Record<string, IBinaryData> = {},
	json: IDataObject = {},
): INodeExecutionData => ({ json, binary });

/** Reference image entries: files by field name; URLs start with https. */
export const images = (...entries: unknown[]): IDataObject => ({
	image: entries.map((entry) =>
		String(entry).startsWith('https') || String(entry).includes('$json')
			? { source: 'url', url: entry as string }
			: { source: 'binary', binaryPropertyName: entry as string },
	),
});

/** What went wrong in a run that stopped. */
export const messageOf = ({ error }: RunOutcome): string => error?.message ?? '';
