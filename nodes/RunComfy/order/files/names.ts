/** A field that takes several values: separated by commas, or an array from an expression. */
export function listOf(value: unknown): string[] {
	const values = Array.isArray(value)
		? value
		: typeof value === 'string'
			? value.split(',')
			: [value];
	return values
		.filter((entry) => entry !== null && entry !== undefined)
		.map((entry) => (typeof entry === 'object' ? JSON.stringify(entry) : String(entry)).trim())
		.filter(Boolean);
}

/** Whether a field name is a pattern such as `photo_*`. */
export function isPattern(name: string): boolean {
	return name.includes('*');
}

/**
 * The names that a pattern stands for: in the order they have on the item, except that names which
 * differ in their numbers only stand together, in numeric order (`photo_2` before `photo_10`).
 */
export function matching(pattern: string, names: string[]): string[] {
	const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
	const expression = new RegExp(`^${source.join('.*')}$`);
	const families = new Map<string, string[]>();
	for (const name of names.filter((candidate) => expression.test(candidate))) {
		const family = name.replace(/\d+/g, '#');
		families.set(family, [...(families.get(family) ?? []), name]);
	}
	return [...families.values()].flatMap((family) => family.sort(byNumbers));
}

function byNumbers(a: string, b: string): number {
	return a.localeCompare(b, 'en', { numeric: true });
}
