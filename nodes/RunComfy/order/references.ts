import type { IDataObject } from 'n8n-workflow';

import { preview } from '../text/values';
import type { ReferenceFile } from './files/inspect';
import { shownUrl } from './files/links';
import type { PlacedReference } from './files/reference';

/** How a message names a reference. */
export function labelOf({
	place,
	reference,
}: Pick<PlacedReference, 'place' | 'reference'>): string {
	if ('url' in reference) return `${place}: link '${shownUrl(reference.url)}'`;
	const { name, binary } = reference.file;
	return `${place}: file '${preview(name)}'${binary.fileName ? ` (${preview(binary.fileName)})` : ''}`;
}

/** What each reference was, as the output tells it: never the file itself, nor n8n's link to it. */
export function describe({
	references,
	linked,
	combined,
}: {
	references: PlacedReference[];
	/** The files that are sent as links. */
	linked: ReadonlyMap<ReferenceFile, unknown>;
	combined: boolean;
}): IDataObject[] {
	return references.map(({ reference, kind, about }) => {
		if ('url' in reference) return { ...about, kind, from: 'url', sent: 'url' };
		const { file } = reference;
		return {
			...about,
			kind,
			from: `binary:${file.name}`,
			...(combined && { item: file.item }),
			sent: linked.has(file) ? 'link' : 'data',
			mime_type: file.type?.mime,
			bytes: file.bytes,
		};
	});
}
