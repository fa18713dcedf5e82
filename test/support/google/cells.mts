import { invalid } from './http.mts';

export type Cell = string | number | boolean;

/** Rows and columns from 0; the end is not part of it, and open where the notation names none. */
export interface Range {
	title: string;
	row: number;
	column: number;
	endRow: number;
	endColumn: number;
}

const QUOTED = /^'((?:[^']|'')*)'(?:!(.*))?$/;
const PLAIN = /^([^!]*)(?:!(.*))?$/;
const CELLS = /^([A-Z]*)(\d*)(?::([A-Z]*)(\d*))?$/;

/** What an address in A1 notation means: `'Clips'`, `Clips!B2`, `Clips!A:Z` or `Clips!1:1`. */
export function parseRange(text: string): Range {
	const [, name, cells = ''] = QUOTED.exec(text) ?? PLAIN.exec(text) ?? [];
	const title = name?.replaceAll("''", "'");
	const parts = CELLS.exec(cells);
	if (!title || !parts) throw invalid(`Unable to parse range: ${text}`);
	const [, column, row, endColumn = column, endRow = row] = parts;
	return {
		title,
		row: row ? Number(row) - 1 : 0,
		column: column ? columnNumber(column) - 1 : 0,
		endRow: endRow ? Number(endRow) : Infinity,
		endColumn: endColumn ? columnNumber(endColumn) : Infinity,
	};
}

const columnNumber = (letters: string): number =>
	[...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);

/** What a value becomes in its cell: as it is, or as if it were typed into the sheet. */
export function entered(value: unknown, inputOption: string): Cell {
	if (!['string', 'number', 'boolean'].includes(typeof value))
		throw invalid(`Invalid values: ${JSON.stringify(value)}`);
	if (inputOption === 'RAW' || typeof value !== 'string') return value as Cell;
	if (inputOption !== 'USER_ENTERED') throw invalid("'valueInputOption' is required");
	if (value.startsWith('=')) throw invalid('This stand-in has no formulas.');
	if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
	return value.trim() && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** A cell as it is read. */
export function rendered(cell: Cell | undefined, renderOption: string | null): Cell {
	if (renderOption === 'UNFORMATTED_VALUE') return cell ?? '';
	return typeof cell === 'boolean' ? String(cell).toUpperCase() : String(cell ?? '');
}
