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
}

export interface Selection {
	places: Place[];
	/** Names and patterns that stand for nothing on any item. */
	missing: string[];
}

/** How a place is remembered as used. */
export const keyOf = ({ item, name }: Place): string => `${item}:${name}`;

/**
 * The files that names and patterns stand for: item by item, and within an item in the order of the
 * names. A pattern passes over files in `used`, which another name stands for already.
 */
export function select(names: string[], items: ItemFiles[], used: ReadonlySet<string>): Selection {
	const found = new Set<string>();
	const places = items.flatMap((files) =>
		names.flatMap((name) => {
			const own = isPattern(name)
				? matching(name, files.names).filter(
						(own) => !used.has(keyOf({ item: files.item, name: own })),
					)
				: files.names.filter((own) => own === name);
			if (own.length) found.add(name);
			return own.map((own) => ({ item: files.item, name: own }));
		}),
	);
	return { places, missing: names.filter((name) => !found.has(name)) };
}
