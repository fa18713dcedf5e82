import { FileValue, type InputValue } from '../../order/body';
import { Finder, namesIn, type SourceItem } from '../../order/files/find';
import { isFile } from '../../order/files/inspect';
import { isPattern, urlsOf } from '../../order/files/names';
import type { Reference } from '../../order/files/reference';
import { keyOf, type Place } from '../../order/files/select';
import { isLoopback } from '../../order/files/urls';
import type { Finding } from '../../order/order';
import type { Item } from '../../run/item';
import { lookAtLinks } from '../../run/links';
import { isUnset } from '../../text/values';
import type { Field, MediaKind } from './schema';

/** An input that takes files or links. */
export type MediaField = Field & { media: NonNullable<Field['media']> };

export const isMedia = (field: Field): field is MediaField => field.media !== undefined;

/** What stands in a media field: links and files, in order. */
export interface Found {
	field: MediaField;
	references: Reference[];
}

export interface Media {
	found: Found[];
	issues: Finding[];
	warnings: string[];
}

/** What a part of a field's text stands for. */
type Token = { url: unknown } | { names: unknown };

/**
 * Finds what the media fields of an order name: links, or files of the given items by name or pattern, or
 * handed over by an expression. Several are given in one field where that is a list. `given` are the fields'
 * values by name.
 */
export async function mediaOf(
	item: Item,
	items: SourceItem[],
	fields: MediaField[],
	given: Record<string, unknown>,
): Promise<Media> {
	const finder = new Finder(item.context, item.run.transfers, items, isLoopback(item.api.baseUrl));
	const filled = fields.filter(({ name }) => !isUnset(given[name]));
	const tokens = new Map(filled.map((field) => [field, tokensOf(finder, given[field.name])]));
	// A pattern leaves out what is named somewhere else.
	for (const name of [...tokens.values()].flat().flatMap(plainNamesIn))
		for (const index of finder.items) finder.used.add(keyOf({ item: index, name }));

	const kinds = new Set(filled.map(({ media }) => media.kind));
	const found: Found[] = [];
	// What takes one file has the first choice among those of all items.
	const inTurn = [...filled].sort(
		(one, other) => Number(one.media.isList) - Number(other.media.isList),
	);
	for (const field of inTurn) {
		const references: Reference[] = [];
		const before = finder.issues.length;
		for (const token of tokens.get(field)!)
			references.push(...(await referencesOf(finder, field, token, kinds)));
		if (finder.issues.length === before) checkCount(finder, field, references.length);
		found.push({ field, references });
	}
	const looks = await lookAtLinks(item, finder.links);
	return {
		found: fields.flatMap((field) => found.find((one) => one.field === field) ?? []),
		issues: [...finder.issues, ...looks.issues],
		warnings: [...unusedItems(finder.items, found), ...looks.warnings],
	};
}

/** The value that stands in the request for a media field. */
export function inputOf({ field, references }: Found): InputValue {
	const values = references.map((reference) =>
		'url' in reference ? reference.url : new FileValue(reference.file),
	);
	return field.media.isList ? values : values[0];
}

/** Links and names in a field, in its order. Files, and objects with a `url`, come from expressions. */
function tokensOf(finder: Finder, given: unknown): Token[] {
	const values = (Array.isArray(given) ? given : [given]).filter((value) => !isUnset(value));
	return values.flatMap((value): Token[] => {
		if (isFile(value)) return [{ names: value }];
		if (typeof value !== 'string') return [{ url: value }];
		return urlsOf(value).flatMap((part): Token[] =>
			isLink(finder, part) ? [{ url: part }] : namesIn(part).map((names) => ({ names })),
		);
	});
}

/** A name has no slash, unless a file is called so; a link without its https:// is told what it lacks. */
const isLink = (finder: Finder, text: string): boolean =>
	/^data:/i.test(text) || (text.includes('/') && !finder.has(text));

const plainNamesIn = (token: Token): string[] =>
	'names' in token ? namesIn(token.names).filter((name) => !isPattern(name)) : [];

async function referencesOf(
	finder: Finder,
	{ label, media: { kind } }: MediaField,
	token: Token,
	kinds: Set<MediaKind>,
): Promise<Reference[]> {
	if ('url' in token) return finder.urls(`'${label}'`, token.url);
	const places = finder.places(`'${label}'`, token.names);
	const files = await Promise.all(places.map(async (place) => await finder.inspect(place)));
	const isSeveral = finder.items.length > 1;
	return files.flatMap((file, at): Reference[] => {
		if (!file) return [];
		const own = file.type?.mime.split('/')[0];
		// `*` stands for every file of the kind; and where all items make one order, a name for those that no
		// other input takes.
		const isOther =
			own !== kind && (isEveryFile(places[at]) || (isSeveral && kinds.has(own as MediaKind)));
		if (isOther) return [];
		finder.used.add(keyOf(file));
		return [{ file }];
	});
}

const isEveryFile = ({ by }: Place): boolean => by === '*';

function checkCount(finder: Finder, { label, media }: MediaField, count: number): void {
	if (!count) finder.issue(`'${label}' finds no ${media.kind} in the input. ${finder.present()}`);
	if (count > 1 && !media.isList)
		finder.issue(`'${label}' takes one file or link, but finds ${count}. Name the one to use`);
}

/** Items that make one order together, but add nothing to it, may have been meant to. */
function unusedItems(items: number[], found: Found[]): string[] {
	const used = new Set(
		// Links come from expressions, which are resolved for the first item.
		found.flatMap(({ references }) => references.map((one) => ('file' in one ? one.file.item : 0))),
	);
	const unused = items.length > 1 ? items.filter((index) => !used.has(index)) : [];
	return unused.map((index) => `Item ${index} adds no file to the order.`);
}
