import { lookAtLinks } from '../../check/links';
import { FileValue, type InputValue } from '../../order/body';
import { isBase64 } from '../../order/files/base64';
import { Finder, namesIn, type SourceItem } from '../../order/files/find';
import { isFile } from '../../order/files/inspect';
import { urlsOf } from '../../order/files/linksIn';
import { isPattern } from '../../order/files/names';
import type { PlacedReference, Reference } from '../../order/files/reference';
import { isEveryFile, keyOf } from '../../order/files/select';
import { isLoopback } from '../../order/files/urls';
import type { Finding } from '../../order/order';
import type { Item } from '../../run/item';
import { isUnset } from '../../text/values';
import { unusedItems } from '../shared/unusedItems';
import {
	labelAt,
	mediaOf,
	propertiesOf,
	schemaIn,
	type Field,
	type Media,
	type Schema,
} from './schema';

/** A place in the inputs that takes files or links, and what stands there. */
export interface Slot extends Media {
	/** Names and positions that lead to it. */
	path: Array<string | number>;
	/** How messages call it. */
	label: string;
	schema: Schema;
	given: unknown;
}

/** The links and files of a slot, in order. */
export interface Filled {
	slot: Slot;
	references: Reference[];
}

/** A part of what stands in a slot. */
type Part = { url: unknown } | { names: unknown };

/** The slots that something stands in, also inside of objects and lists. */
export function slotsOf(fields: Field[], values: Record<string, unknown>): Slot[] {
	return fields.flatMap((field) => slotsIn(field, field.schema, values[field.name], [field.name]));
}

function slotsIn(field: Field, schema: Schema, given: unknown, path: Slot['path']): Slot[] {
	if (isUnset(given)) return [];
	const media = mediaOf(schema);
	if (media) return [{ ...media, path, label: labelAt(field, path), schema, given }];
	const at = (step: string | number, inner: Schema) =>
		slotsIn(field, inner, (given as Record<string, unknown>)[step], [...path, step]);
	if (Array.isArray(given)) return given.flatMap((_, index) => at(index, schemaIn(schema.items)));
	if (typeof given !== 'object') return [];
	return Object.entries(propertiesOf(schema)).flatMap(([name, inner]) => at(name, inner));
}

/**
 * Finds what the slots of an order name: links, or files of the given items by name or pattern, or given
 * by an expression.
 */
export async function fill(
	item: Item,
	items: SourceItem[],
	slots: Slot[],
): Promise<{ filled: Filled[]; issues: Finding[]; warnings: string[] }> {
	const finder = new Finder(item.context, item.run.transfers, items, isLoopback(item.api.baseUrl));
	const parts = new Map(slots.map((slot) => [slot, partsOf(finder, slot.given)]));
	// A pattern leaves out what is named somewhere else.
	for (const name of [...parts.values()].flat().flatMap(plainNamesIn))
		for (const index of finder.items) finder.used.add(keyOf({ item: index, name }));

	const kinds = new Set<string>(slots.map(({ kind }) => kind));
	const filled: Filled[] = [];
	for (const slot of slots) {
		const references: Reference[] = [];
		const before = finder.issues.length;
		for (const part of parts.get(slot)!)
			references.push(...(await referencesOf(finder, slot, part, kinds)));
		if (finder.issues.length === before) checkCount(finder, slot, references.length);
		filled.push({ slot, references });
	}
	const unused = unusedItems(
		items,
		filled.flatMap(({ references }) => references),
	);
	const looks = await lookAtLinks(item, finder.links);
	return {
		filled,
		issues: [...finder.issues, ...unused.issues, ...looks.issues],
		warnings: [...unused.warnings, ...looks.warnings],
	};
}

/** The inputs with what stands in the request for each slot. */
export function withFiles(
	input: Record<string, InputValue>,
	filled: Filled[],
): Record<string, InputValue> {
	return filled.reduce((value, { slot, references }) => {
		const values = references.map((reference) =>
			'url' in reference ? reference.url : new FileValue(reference.file),
		);
		return replaced(value, slot.path, slot.isList ? values : values[0]) as typeof input;
	}, input);
}

/** A copy of a value with another one at the end of a path. */
function replaced(value: InputValue, [step, ...path]: Slot['path'], leaf: InputValue): InputValue {
	if (step === undefined) return leaf;
	if (Array.isArray(value))
		return value.map((entry, index) => (index === step ? replaced(entry, path, leaf) : entry));
	const fields = (value ?? {}) as Record<string, InputValue>;
	return { ...fields, [step]: replaced(fields[step], path, leaf) };
}

/** What each link and file is for. */
export const placedReferences = (filled: Filled[]): PlacedReference[] =>
	filled.flatMap(({ slot: { path, label, kind }, references }) =>
		references.map((reference) => ({
			reference,
			place: label,
			kind,
			about: { field: path.join('.') },
		})),
	);

/** Links and names in a slot, in its order. Files, and objects with a `url`, come from expressions. */
function partsOf(finder: Finder, given: unknown): Part[] {
	const values = (Array.isArray(given) ? given : [given]).filter((value) => !isUnset(value));
	return values.flatMap((value): Part[] => {
		if (isFile(value)) return [{ names: value }];
		if (typeof value !== 'string') return [{ url: value }];
		return urlsOf(value).flatMap((text): Part[] =>
			isLink(finder, text) ? [{ url: text }] : namesIn(text).map((names) => ({ names })),
		);
	});
}

/** A name has no slash, unless a file is called so; a link without its https:// is told what it lacks. */
const isLink = (finder: Finder, text: string): boolean =>
	/^data:/i.test(text) || isBase64(text) || (text.includes('/') && !finder.has(text));

const plainNamesIn = (part: Part): string[] =>
	'names' in part ? namesIn(part.names).filter((name) => !isPattern(name)) : [];

async function referencesOf(
	finder: Finder,
	{ label, kind }: Slot,
	part: Part,
	kinds: Set<string>,
): Promise<Reference[]> {
	if ('url' in part) return finder.urls(label, part.url);
	const places = finder.places(label, part.names);
	const files = await Promise.all(places.map(async (place) => await finder.inspect(place)));
	const isSeveral = finder.items.length > 1;
	return files.flatMap((file, at): Reference[] => {
		if (!file) return [];
		const own = file.type?.mime.split('/')[0] ?? '';
		// `*` stands for every file of the kind; and where all items make one order, a name for those that no
		// input of another kind takes.
		const isOther = own !== kind && (isEveryFile(places[at]) || (isSeveral && kinds.has(own)));
		if (isOther) return [];
		finder.used.add(keyOf(file));
		return [{ file }];
	});
}

function checkCount(finder: Finder, { label, kind, isList }: Slot, count: number): void {
	if (!count) finder.issue(`${label} finds no ${kind} in the input. ${finder.present()}`);
	if (count > 1 && !isList)
		finder.issue(`${label} takes one file or link, but finds ${count}. Name the one to use`);
}
