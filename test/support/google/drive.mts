import { randomUUID } from 'node:crypto';
import { GoogleError, invalid, type GoogleAnswer, type GoogleRequest } from './http.mts';
import { newId } from './ids.mts';

export interface DriveFile {
	id: string;
	name: string;
	mimeType: string;
	parents: string[];
	bytes: Buffer;
}

const UPLOAD = '/upload/drive/v3/files';
/** All parts of an upload but the last have a multiple of this many bytes. */
const PART = 256 * 1024;

/**
 * Files and folders behind those calls of the Drive API v3 that n8n's Google Drive node makes to download
 * and upload a stored file, resumable as documented
 * (https://developers.google.com/workspace/drive/api/guides/manage-uploads). It has no shared drives, permissions,
 * exports, searches or revisions, and the whole record is the only choice of `fields` beside its default.
 */
export class Drive {
	#folders = new Set(['root']);
	#files = new Map<string, DriveFile>();
	#uploads = new Map<string, { file: DriveFile; parts: Buffer[] }>();

	/** Adds a file, and returns its link. */
	add(name: string, mimeType: string, bytes: Buffer): string {
		const file = { id: newId(), name, mimeType, bytes, parents: ['root'] };
		this.#files.set(file.id, file);
		return viewLink(file);
	}

	/** Adds a folder, and returns what the browser's address bar shows. */
	addFolder(): string {
		const id = newId();
		this.#folders.add(id);
		return `https://drive.google.com/drive/u/0/folders/${id}`;
	}

	/** The files in the folder of this link. */
	filesIn(folderLink: string): DriveFile[] {
		const id = folderLink.split('/').at(-1)!;
		return [...this.#files.values()].filter(({ parents }) => parents.includes(id));
	}

	answer(request: GoogleRequest): GoogleAnswer {
		const { method, path, query, body } = request;
		if (method === 'POST' && path === UPLOAD && query.get('uploadType') === 'resumable')
			return this.#begin(request);
		const [, id] = /^\/drive\/v3\/files\/(.+)$/.exec(path) ?? [];
		if (!id) throw new GoogleError(501, 'UNIMPLEMENTED', `${method} ${path}`);
		const file = this.#files.get(id);
		if (!file) throw new GoogleError(404, 'NOT_FOUND', `File not found: ${id}.`);
		if (method === 'GET' && query.get('alt') === 'media')
			return { bytes: file.bytes, headers: { 'content-type': file.mimeType } };
		if (method === 'PATCH') {
			const { name = file.name, mimeType = file.mimeType } = JSON.parse(body.toString());
			Object.assign(file, { name, mimeType });
		}
		return { json: record(file, query.get('fields')) };
	}

	/** The address of an upload is all that a part of it needs. */
	isPart({ method, path, query }: GoogleRequest): boolean {
		return method === 'PUT' && path === UPLOAD && query.has('upload_id');
	}

	addPart({ query, headers, body }: GoogleRequest): GoogleAnswer {
		const id = query.get('upload_id')!;
		const upload = this.#uploads.get(id);
		if (!upload) throw new GoogleError(404, 'NOT_FOUND', 'Not Found');
		const have = upload.parts.reduce((sum, { length }) => sum + length, 0);
		const [, from, to, total] = (
			/^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '') ?? []
		).map(Number);
		if (from !== have || to - from + 1 !== body.length) throw invalid('Invalid Content-Range');
		upload.parts.push(body);
		if (to + 1 < total) {
			if (body.length % PART) throw invalid(`A part must be a multiple of ${PART} bytes.`);
			return { status: 308, headers: { range: `bytes=0-${to}` } };
		}
		this.#uploads.delete(id);
		const file = { ...upload.file, bytes: Buffer.concat(upload.parts) };
		this.#files.set(file.id, file);
		return { json: record(file, null) };
	}

	#begin({ body, headers }: GoogleRequest): GoogleAnswer {
		const { name = 'Untitled', parents = ['root'] } = JSON.parse(body.toString());
		for (const parent of parents)
			if (!this.#folders.has(parent))
				throw new GoogleError(404, 'NOT_FOUND', `File not found: ${parent}.`);
		const mimeType = String(headers['x-upload-content-type'] ?? 'application/octet-stream');
		const id = randomUUID();
		const file = { id: newId(), name, mimeType, parents, bytes: Buffer.alloc(0) };
		this.#uploads.set(id, { file, parts: [] });
		const query = `uploadType=resumable&upload_id=${id}`;
		return { headers: { location: `https://www.googleapis.com${UPLOAD}?${query}` } };
	}
}

export const viewLink = ({ id }: { id: string }): string =>
	`https://drive.google.com/file/d/${id}/view?usp=drivesdk`;

function record(file: DriveFile, fields: string | null): object {
	const { bytes, parents, ...known } = file;
	const short = { kind: 'drive#file', ...known };
	if (fields !== '*') return short;
	return { ...short, parents, size: String(bytes.length), webViewLink: viewLink(file) };
}
