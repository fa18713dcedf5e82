import type { IBinaryData, IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

import { isUnset, shown } from '../../text/values';
import type { Transfers } from '../../run/transfers';
import type { Reference } from '../../order/body';
import { filesOf, inspect, isFile, type ReferenceFile } from '../../order/files/inspect';
import { isPattern, listOf, urlsOf } from '../../order/files/names';
import { keyOf, select, type Place } from '../../order/files/select';
import { urlIssue } from '../../order/files/urls';

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

const EVERY_IMAGE: ReferenceField[] = [{ source: 'binary', binaryPropertyName: '*' }];

/** An input item and its position among all items of the run. */
export interface SourceItem {
	index: number;
	item: INodeExecutionData;
}

/**
 * Finds the references of one video in the given items, in Figure order: entries in the order of the
 * form, and within an entry in the order of `select`. Reads the first bytes of each file, but judges
 * neither sizes nor types.
 */
export class Collector {
	readonly images: Reference[] = [];
	video?: Reference;
	readonly issues: Array<{ item?: number; text: string }> = [];
	readonly warnings: string[] = [];

	private readonly files: Map<number, Record<string, IBinaryData>>;
	private readonly read = new Map<string, Promise<ReferenceFile | undefined>>();
	private readonly used = new Set<string>();

	constructor(
		private readonly context: IExecuteSingleFunctions,
		private readonly transfers: Transfers,
		items: SourceItem[],
		/** Whether all items make one video, so that every image is wanted unless entries say which. */
		private readonly combines = false,
	) {
		this.files = new Map(items.map(({ index, item }) => [index, filesOf(item)]));
	}

	async collect({ images: entries, video }: ReferenceParameters): Promise<void> {
		this.video = await this.videoOf(video);
		if (this.video && 'file' in this.video) this.used.add(keyOf(this.video.file));
		const images = !entries.length && this.combines && this.hasMoreFiles() ? EVERY_IMAGE : entries;

		// Patterns leave out what is named somewhere else.
		const fromFiles = images.filter(({ source }) => source !== 'url');
		const named = fromFiles.flatMap(namesOf);
		for (const item of this.files.keys()) {
			for (const name of named.filter((name) => !isPattern(name)))
				this.used.add(keyOf({ item, name }));
		}
		for (const [position, field] of images.entries()) {
			const label = images.length > 1 ? ` of reference image ${position + 1}` : '';
			if (field.source === 'url') {
				this.images.push(...this.urls(`'URL'${label}`, field.url));
				continue;
			}
			if (!isUnset(field.source) && field.source !== 'binary') {
				this.issue(
					`'Source'${label} is '${shown(field.source)}', and has to be one of binary, url`,
				);
				continue;
			}
			await this.addFiles(this.places(`'Input Data Field Name'${label}`, field));
		}
		if (fromFiles.length) this.checkFound();
		this.checkUse();
	}

	/** Whether there is a file beside the reference video. */
	private hasMoreFiles(): boolean {
		const count = [...this.files.values()].flatMap((files) => Object.keys(files)).length;
		return count > this.used.size;
	}

	private async addFiles(places: Place[]): Promise<void> {
		const video = this.video && 'file' in this.video ? keyOf(this.video.file) : undefined;
		// Where all items make one video, the same field name holds images and the video.
		const wanted = places.filter((place) => this.files.size === 1 || keyOf(place) !== video);
		const files = await Promise.all(wanted.map(async (place) => await this.inspect(place)));
		for (const [position, file] of files.entries()) {
			// `*` means every image on the item, so other files are passed over.
			if (!file || (wanted[position].by === '*' && !isImage(file))) continue;
			this.used.add(keyOf(file));
			this.images.push({ file });
		}
	}

	/** Fields that ask for files, but find none, are not what the user meant. */
	private checkFound(): void {
		if (!this.images.some((image) => 'file' in image) && !this.issues.length) {
			this.issue(`'Reference Images' finds no image in the input. ${this.present()}`);
		}
	}

	/** Items that make one video together, but add nothing to it, may have been meant to. */
	private checkUse(): void {
		const references = [...this.images, ...(this.video ? [this.video] : [])];
		const used = new Set(
			// Links come from expressions, which are resolved for the first item.
			references.map((reference) => ('file' in reference ? reference.file.item : 0)),
		);
		for (const item of this.files.size > 1 ? this.files.keys() : []) {
			if (!used.has(item)) this.warnings.push(`Item ${item} adds no reference to the video.`);
		}
	}

	private async videoOf(field: ReferenceField): Promise<Reference | undefined> {
		if (field.source === 'url') {
			const urls = this.urls("'Video URL'", field.url);
			if (urls.length > 1)
				this.issue("'Video URL' holds several links, and there can be one video");
			return urls[0];
		}
		if (isUnset(field.source) || field.source === 'none') return undefined;
		if (field.source !== 'binary') {
			this.issue(
				`'Reference Video' is '${shown(field.source)}', and has to be one of none, binary, url`,
			);
			return undefined;
		}
		const label = "'Input Data Field Name' of the reference video";
		const places = this.places(label, field);
		const inspected = await Promise.all(places.map(async (place) => await this.inspect(place)));
		const files = inspected.filter((file) => file !== undefined);
		// Among several files (all items of a folder, say) it is the one that is a video.
		const videos = files.length > 1 ? files.filter(({ type }) => type?.kind === 'video') : files;
		if (files.length > 1 && videos.length !== 1) {
			const count = videos.length
				? `${videos.length} of them are videos`
				: 'none of them is a video';
			this.issue(`${label} stands for ${files.length} files, and ${count}. Name the one to use`);
		}
		return videos.length ? { file: videos[0] } : undefined;
	}

	private places(label: string, field: ReferenceField): Place[] {
		const handedOver = handedOverBy(field);
		const names = namesOf(field);
		if (handedOver.length && names.length) {
			this.issue(`${label} mixes files and names of files. Give either the one or the other`);
			return [];
		}
		if (handedOver.length) return handedOver.map((binary) => this.place(binary));
		const [notName] = valuesOf(field).filter((value) => typeof value === 'object' && value);
		if (notName) {
			this.issue(
				`${label} is '${shown(notName)}', and has to be the name of the field that holds the file, such as data`,
			);
			return [];
		}
		if (!names.length) {
			this.issue(`${label} is empty. Give the name of the field that holds the file`);
		}
		const items = [...this.files].map(([item, files]) => ({ item, names: Object.keys(files) }));
		const { places, missing } = select(names, items, this.used);
		for (const name of missing) this.issue(`${label}: ${this.notFound(name)}`);
		return places;
	}

	/** The place of a file that an expression handed over itself. */
	private place(binary: IBinaryData): Place {
		for (const [item, files] of this.files) {
			for (const [name, { id, data }] of Object.entries(files)) {
				if (binary.id ? binary.id === id : binary.data === data) return { item, name };
			}
		}
		const [item, files] = [...this.files][0];
		const fileName = binary.fileName ?? 'file';
		let name = fileName;
		for (let number = 2; name in files; number++) name = `${fileName} (${number})`;
		files[name] = binary;
		return { item, name };
	}

	private async inspect(place: Place): Promise<ReferenceFile | undefined> {
		const key = keyOf(place);
		let file = this.read.get(key);
		if (!file) {
			const { item, name } = place;
			const binary = this.files.get(item)![name];
			// A few kB each, but maybe hundreds of files at once: so they share the transfer slots.
			file = this.transfers
				.use(async () => await inspect(this.context, item, name, binary))
				.catch(() => {
					this.issue(`File '${name}' cannot be read. Run the node that made it again`, item);
					return undefined;
				});
			this.read.set(key, file);
		}
		return await file;
	}

	private urls(label: string, value: unknown): Reference[] {
		const urls = urlsOf(value);
		if (!urls.length) this.issue(`${label} is empty. Give a link that starts with https://`);
		for (const url of urls) {
			const issue = urlIssue(url);
			if (issue)
				this.issue(`${label}: '${url.length > 100 ? `${url.slice(0, 99)}…` : url}' ${issue}`);
		}
		return urls.map((url) => ({ url }));
	}

	private notFound(name: string): string {
		const where = this.files.size > 1 ? 'none of the items has a file' : 'the item has no file';
		return `${where} ${isPattern(name) ? 'that matches ' : ''}'${name}'. ${this.present()}`;
	}

	private present(): string {
		const names = new Set([...this.files.values()].flatMap((files) => Object.keys(files)));
		return names.size
			? `Files there: ${[...names].join(', ')}`
			: 'It has no files at all: check what the node before this one puts out';
	}

	private issue(text: string, item?: number): void {
		this.issues.push({ item, text });
	}
}

function namesOf({ binaryPropertyName: given }: ReferenceField): string[] {
	if (Array.isArray(given)) return listOf(given.filter((value) => !isFile(value)));
	return isFile(given) ? [] : listOf(given);
}

/** Files that an expression yields instead of their names. */
function handedOverBy(field: ReferenceField): IBinaryData[] {
	return valuesOf(field).filter(isFile);
}

function valuesOf({ binaryPropertyName }: ReferenceField): unknown[] {
	return Array.isArray(binaryPropertyName) ? binaryPropertyName : [binaryPropertyName];
}

function isImage({ type, binary }: ReferenceFile): boolean {
	return type ? type.mime.startsWith('image/') : binary.mimeType.startsWith('image/');
}
