import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { padded } from '../fixtures/media.mts';
import type { Job } from '../../simulator/index.mts';
import type { Execution } from '../support/n8n/server.mts';
import type { Session } from '../support/n8n/session.mts';
import { runComfy, type Credential, type Node } from '../support/n8n/workflow.mts';
import { sha256 } from '../support/sha256.mts';
import { until } from '../support/until.mts';

const MIB = 1024 * 1024;

/** A photo that fits into a request, and one that does not. */
export const PHOTOS = { small: padded('photo.png', MIB), large: padded('photo.png', 9 * MIB) };
export type Size = keyof typeof PHOTOS;

const fileOf = (folder: string, size: Size): string => join(folder, `${size}.png`);

/** Puts the photos where workflows read them. */
export function writePhotos(folder: string): void {
	for (const size of ['small', 'large'] as const) writeFileSync(fileOf(folder, size), PHOTOS[size]);
}

/** A node that reads a photo, and one that orders a clip of it. */
export function orderOf(
	operation: 'create' | 'generate',
	{
		folder,
		size,
		credential,
		options = {},
	}: {
		folder: string;
		size: Size;
		credential: Credential;
		options?: object;
	},
): [Node, Node] {
	const read: Node = {
		name: 'Photo',
		type: 'n8n-nodes-base.readWriteFile',
		typeVersion: 1,
		parameters: { fileSelector: fileOf(folder, size), options: {} },
	};
	const parameters = {
		prompt: 'Figure 1 waves',
		referenceImages: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
		options,
	};
	return [read, runComfy(operation, credential, { parameters })];
}

/** That the only job received the photo as a link, byte for byte, and that nothing tells the link. */
export async function assertLinked(
	{ simulator, n8n }: Pick<Session, 'simulator' | 'n8n'>,
	execution: Execution,
	size: Size,
): Promise<Job> {
	expect([execution.status, execution.error?.message]).toStrictEqual(['success', undefined]);
	const [job, ...more] = simulator.jobs.values();
	expect(more).toStrictEqual([]);
	await until('the photo is there', () => !job.isFetching);
	const { length } = PHOTOS[size];
	expect(
		job.received.map(({ from, contentType, bytes, sha256 }) => [from, contentType, bytes, sha256]),
	).toStrictEqual([['link', 'image/png', length, sha256(PHOTOS[size])]]);
	const [{ json }] = execution.outputs.RunComfy[0];
	expect(json.references.map(({ sent }: { sent: string }) => sent)).toStrictEqual(['link']);
	for (const text of [execution.text, await n8n.log()]) expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
	return job;
}
