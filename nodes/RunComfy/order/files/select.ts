import { isPattern, matching } from './names';

/** The names of the files an input item has. */
export interface ItemFiles {
	item: number;
	names: string[];
}

/** One file on one item. */
export interface Place {
	item: number;
	name: string;
	/** The name or pattern that found it. */
	by?: string;
}

export interface Selection {
	places: Place[];
	/** Names and patterns that stand for nothing on any item. */
	missing: string[];
}

/** How a place is remembered as used. */
export const keyOf = ({ item, name }: Place): string => `${item}:${name}`;

/** Whether it was found by `*`, which stands for every file of the kind that is wanted. */
export const isEveryFile = ({ by }: Place): boolean => by === '*';

/**
 * The files that names and patterns stand for: item by item, and within an item in the order of the
 * names. A pattern passes over files in `used`, which another name stands for already.
 */
export function select(names: string[], items: ItemFiles[], used: ReadonlySet<string>): Selection {
	const found = new Set<string>();
	const taken = new Set(used);
	const places = items.flatMap((files) =>
		names.flatMap((name) => {
			const all = isPattern(name)
				? matching(name, files.names)
				: files.names.filter((own) => own === name);
			const own = all.map((own) => ({ item: files.item, name: own, by: name }));
			if (own.length) found.add(name);
			if (!isPattern(name)) return own;
			const rest = own.filter((place) => !taken.has(keyOf(place)));
			for (const place of rest) taken.add(keyOf(place));
			return rest;
		}),
	);
	return { places, missing: names.filter((name) => !found.has(name)) };
}
