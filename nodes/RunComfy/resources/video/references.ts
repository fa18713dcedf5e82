import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { lookAtLinks } from '../../check/links';
import { Finder, namesIn, type SourceItem } from '../../order/files/find';
import type { ReferenceFile } from '../../order/files/inspect';
import { isPattern } from '../../order/files/names';
import type { Reference } from '../../order/files/reference';
import { isEveryFile, keyOf } from '../../order/files/select';
import { isLoopback } from '../../order/files/urls';
import type { Finding } from '../../order/order';
import type { Item } from '../../run/item';
import { mustBe } from '../../text/fields';
import { isUnset, listIn } from '../../text/values';
import { unusedItems } from '../shared/unusedItems';

interface ReferenceField {
	source?: unknown;
	binaryPropertyName?: unknown;
	url?: unknown;
}

/** The reference parameters of one video, with expressions resolved. */
export interface ReferenceParameters {
	images: ReferenceField[];
	video: ReferenceField;
}

/** What a video is made from, in Figure order, and what is wrong or odd about it. */
export interface References {
	images: Reference[];
	video?: Reference;
	issues: Finding[];
	warnings: string[];
}

/**
 * n8n makes one default entry for each character of an expression that is given for the entries of a list
 * (tried in n8n 2.41.1); what it says cannot be seen any more. Nobody means the same file so often.
 */
const MIN_DEFAULT_ENTRIES = 3;

const EVERY_IMAGE: ReferenceField[] = [{ source: 'binary', binaryPropertyName: '*' }];

/** Reads the reference fields of an item; undefined when the images are no list. */
export function referenceParameters({
	context,
}: {
	context: IExecuteSingleFunctions;
}): ReferenceParameters | undefined {
	const images = listIn(context.getNodeParameter('referenceImages', {}), 'image');
	if (!images?.every((entry) => typeof entry === 'object' && entry !== null)) return undefined;
	return {
		images: images as IDataObject[],
		video: {
			source: context.getNodeParameter('referenceVideo', 'none'),
			binaryPropertyName: context.getNodeParameter('videoBinaryPropertyName', ''),
			url: context.getNodeParameter('videoUrl', ''),
		},
	};
}

/**
 * Finds the references of one video in the given items, in Figure order: entries in the order of the
 * form, and within an entry in the order of `select`. `combines` tells whether all items make one video,
 * so that every image is wanted unless entries say which.
 */
export async function collect(
	item: Item,
	items: SourceItem[],
	{ images: entries, video: videoField }: ReferenceParameters,
	combines = false,
): Promise<References> {
	const { context, run, api } = item;
	const finder = new Finder(context, run.transfers, items, isLoopback(api.baseUrl));
	if (entries.length >= MIN_DEFAULT_ENTRIES && entries.every(isDefault)) {
		const text = `'Reference Images' has ${entries.length} entries that all name the field 'data', as n8n makes them of an expression for the whole list. Give one entry for each image, with expressions in its fields`;
		return { images: [], issues: [{ text }], warnings: [] };
	}
	const video = await videoOf(finder, videoField);
	if (video && 'file' in video) finder.used.add(keyOf(video.file));
	const hasMoreFiles = finder.count > finder.used.size;
	const fields = !entries.length && combines && hasMoreFiles ? EVERY_IMAGE : entries;

	// Patterns leave out what is named somewhere else.
	const fromFiles = fields.filter(({ source }) => source !== 'url');
	const named = fromFiles.flatMap(({ binaryPropertyName }) => namesIn(binaryPropertyName));
	for (const index of finder.items) {
		for (const name of named.filter((name) => !isPattern(name)))
			finder.used.add(keyOf({ item: index, name }));
	}
	const images: Reference[] = [];
	for (const [position, field] of fields.entries()) {
		const label = fields.length > 1 ? ` of reference image ${position + 1}` : '';
		images.push(...(await imagesOf(finder, field, label, video)));
	}
	// Fields that ask for files, but find none, are not what the user meant.
	const hasFile = images.some((image) => 'file' in image);
	if (fromFiles.length && !hasFile && !finder.issues.length) {
		finder.issue(`'Reference Images' finds no image in the input. ${finder.present()}`);
	}
	const references = video ? [...images, video] : images;
	const unused = unusedItems(items, references);
	const looks = await lookAtLinks(item, finder.links);
	return {
		images,
		video,
		issues: [...finder.issues, ...unused.issues, ...looks.issues],
		warnings: [...unused.warnings, ...looks.warnings],
	};
}

async function imagesOf(
	finder: Finder,
	{ source, binaryPropertyName, url }: ReferenceField,
	label: string,
	video: Reference | undefined,
): Promise<Reference[]> {
	if (source === 'url') return finder.urls(`'URL'${label}`, url);
	if (!isUnset(source) && source !== 'binary') {
		finder.issue(mustBe(`'Source'${label}`, 'one of binary, url', source));
		return [];
	}
	const places = finder.places(`'Input Data Field Name'${label}`, binaryPropertyName);
	const videoKey = video && 'file' in video ? keyOf(video.file) : undefined;
	// Where all items make one video, the same field name holds images and the video.
	const wanted = places.filter((place) => finder.items.length === 1 || keyOf(place) !== videoKey);
	const files = await Promise.all(wanted.map(async (place) => await finder.inspect(place)));
	return files.flatMap((file, position) => {
		// `*` means every image on the item, so other files are passed over.
		if (!file || (isEveryFile(wanted[position]) && !isImage(file))) return [];
		finder.used.add(keyOf(file));
		return [{ file }];
	});
}

const isDefault = ({ source, binaryPropertyName }: ReferenceField): boolean =>
	source === 'binary' && binaryPropertyName === 'data';

async function videoOf(finder: Finder, field: ReferenceField): Promise<Reference | undefined> {
	if (field.source === 'url') {
		const urls = finder.urls("'Video URL'", field.url);
		if (urls.length > 1) finder.issue("'Video URL' has several links. Give one");
		return urls[0];
	}
	if (isUnset(field.source) || field.source === 'none') return undefined;
	if (field.source !== 'binary') {
		finder.issue(mustBe("'Reference Video'", 'one of none, binary, url', field.source));
		return undefined;
	}
	const label = "'Input Data Field Name' of the reference video";
	const places = finder.places(label, field.binaryPropertyName);
	const inspected = await Promise.all(places.map(async (place) => await finder.inspect(place)));
	const files = inspected.filter((file) => file !== undefined);
	// Among several files (all items of a folder, say) it is the one that is a video.
	const videos = files.length > 1 ? files.filter(({ type }) => type?.kind === 'video') : files;
	if (files.length > 1 && videos.length !== 1) {
		const count = videos.length ? `${videos.length} of them are videos` : 'none of them is a video';
		finder.issue(`${label} finds ${files.length} files, and ${count}. Name the one to use`);
	}
	return videos.length ? { file: videos[0] } : undefined;
}

function isImage({ type, binary }: ReferenceFile): boolean {
	return type ? type.mime.startsWith('image/') : binary.mimeType.startsWith('image/');
}
