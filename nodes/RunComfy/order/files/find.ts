import type { IBinaryData, IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

import { mustBe } from '../../text/fields';
import { listed, preview } from '../../text/values';
import type { Finding } from '../order';
import { isBase64, MAKE_FILE } from './base64';
import { filesOf, inspect, isFile, type ReferenceFile } from './inspect';
import { addressIssue, shownUrl } from './links';
import { urlsOf } from './linksIn';
import { isPattern, listOf } from './names';
import type { LabelledLink, Link } from './reference';
import { keyOf, select, type Place } from './select';

/** An input item and its position among all items of the run. */
export interface SourceItem {
	index: number;
	item: INodeExecutionData;
}

/** Slots that transfers share, see run/transfers. */
interface Slots {
	use<T>(transfer: () => Promise<T>): Promise<T>;
}

/**
 * Finds what fields of the form stand for: files of the given items, or links. What it does not find
 * goes into `issues`. Reads what each file tells, but judges neither sizes nor types.
 */
export class Finder {
	readonly issues: Finding[] = [];
	/** The links found so far, with their fields, except those that `issues` has. */
	readonly links: LabelledLink[] = [];
	/** Places, by `keyOf`, that patterns pass over: another name stands for them already. */
	readonly used = new Set<string>();

	private readonly files: Map<number, Record<string, IBinaryData>>;
	private readonly read = new Map<string, Promise<ReferenceFile | undefined>>();

	constructor(
		private readonly context: IExecuteSingleFunctions,
		private readonly slots: Slots,
		items: SourceItem[],
		private readonly allowsLoopback: boolean,
	) {
		this.files = new Map(items.map(({ index, item }) => [index, filesOf(item)]));
	}

	/** The indexes of the items it looks at. */
	get items(): number[] {
		return [...this.files.keys()];
	}

	/** How many files there are on all items together. */
	get count(): number {
		return [...this.files.values()].flatMap((files) => Object.keys(files)).length;
	}

	/** Whether any item has a file of this name. */
	has(name: string): boolean {
		return [...this.files.values()].some((files) => Object.hasOwn(files, name));
	}

	/** The files that a field stands for: by name, by pattern, or handed over by an expression. */
	places(label: string, given: unknown): Place[] {
		const values = Array.isArray(given) ? given : [given];
		const handedOver = values.filter(isFile);
		const names = namesIn(given);
		if (handedOver.length && names.length) {
			this.issue(`${label} mixes files and names of files. Give one or the other`);
			return [];
		}
		if (handedOver.length) return handedOver.map((binary) => this.place(binary));
		const [notName] = values.filter((value) => typeof value === 'object' && value);
		if (notName) {
			this.issue(mustBe(label, 'the name of the field that holds the file, such as data', notName));
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

	/** The links that a field holds. */
	urls(label: string, value: unknown): Link[] {
		const links = urlsOf(value).map((url): Link => ({ url }));
		if (!links.length) this.issue(`${label} is empty. Give a link that starts with https://`);
		for (const link of links) {
			const issue = addressIssue(link.url, this.allowsLoopback);
			if (!issue) this.links.push({ label, link });
			else this.issues.push({ ...issue, text: `${label}: '${shownUrl(link.url)}' ${issue.text}` });
		}
		return links;
	}

	/** What the file at a place tells; undefined, with an issue, when it can't be read. */
	async inspect(place: Place): Promise<ReferenceFile | undefined> {
		const key = keyOf(place);
		let file = this.read.get(key);
		if (!file) {
			const { item, name } = place;
			const binary = this.files.get(item)![name];
			// Maybe hundreds of files at once, some of them to their end: so they share the transfer slots.
			file = this.slots
				.use(async () => await inspect(this.context, item, name, binary))
				.catch(() => {
					this.issue(
						`File '${preview(name)}' cannot be read. Run the node that made it again`,
						item,
					);
					return undefined;
				});
			this.read.set(key, file);
		}
		return await file;
	}

	/** What files there are, as a sentence for a message. */
	present(): string {
		const names = new Set([...this.files.values()].flatMap((files) => Object.keys(files)));
		return names.size
			? `Files there: ${listed([...names])}`
			: 'It has no files at all: check what the previous node returns';
	}

	issue(text: string, item?: number): void {
		this.issues.push({ item, text });
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

	private notFound(name: string): string {
		if (isBase64(name))
			return `'${preview(name)}' is the content of a file as base64 text. ${MAKE_FILE}`;
		const where = this.files.size > 1 ? 'none of the items has a file' : 'the item has no file';
		return `${where} ${isPattern(name) ? 'that matches ' : ''}'${preview(name)}'. ${this.present()}`;
	}
}

/** The names and patterns that a field holds; files that an expression yields instead are none. */
export function namesIn(given: unknown): string[] {
	if (Array.isArray(given)) return listOf(given.filter((value) => !isFile(value)));
	return isFile(given) ? [] : listOf(given);
}
