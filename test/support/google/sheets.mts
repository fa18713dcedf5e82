import { entered, parseRange, rendered, type Cell, type Range } from './cells.mts';
import { GoogleError, invalid, type GoogleAnswer, type GoogleRequest } from './http.mts';
import { newId } from './ids.mts';

/** The size of a new sheet's grid. */
const ROWS = 1000;
const COLUMNS = 26;

const VALUES = '/values/';

interface BatchUpdate {
	data: Array<{ range: string; values: unknown[][] }>;
	valueInputOption: string;
}

/** A spreadsheet of one sheet, whose first row is the header. */
export class Spreadsheet {
	readonly id = newId();
	readonly title = 'Clips';
	readonly sheetId = 7;
	readonly cells: Cell[][];

	constructor(cells: Cell[][]) {
		this.cells = cells;
	}

	/** What the browser's address bar shows. */
	get link(): string {
		const gid = `gid=${this.sheetId}`;
		return `https://docs.google.com/spreadsheets/d/${this.id}/edit?${gid}#${gid}`;
	}

	/** Rows by the names in the header; a cell that is empty is ''. */
	get rows(): Array<Record<string, Cell>> {
		const [header, ...rows] = this.cells;
		return rows.map((row) =>
			Object.fromEntries(header.map((name, column) => [name, row[column] ?? ''])),
		);
	}

	/** Adds a row as a user does: the names of its columns, and what is in them. */
	add(row: Record<string, Cell>): void {
		this.cells.push(this.cells[0].map((name) => row[String(name)] ?? ''));
	}

	/** Changes a cell as a user does, by its row (the header is 0) and column. */
	set(row: number, column: string, cell: Cell): void {
		this.cells[row][this.cells[0].indexOf(column)] = cell;
	}

	properties(): object {
		const gridProperties = { rowCount: ROWS, columnCount: COLUMNS };
		const { sheetId, title } = this;
		const sheetType = 'GRID';
		return { sheets: [{ properties: { sheetId, title, index: 0, sheetType, gridProperties } }] };
	}

	/** Empty rows and cells at the end are left out, and `values` altogether where there are none. */
	read(text: string, renderOption: string | null): object {
		const range = this.#range(text);
		const rows = this.cells.slice(range.row, range.endRow).map((row) =>
			withoutEnd(
				Array.from(row.slice(range.column, range.endColumn), (cell) =>
					rendered(cell, renderOption),
				),
				(cell) => cell === '',
			),
		);
		const values = withoutEnd(rows, (row) => row.length === 0);
		return { range: text, majorDimension: 'ROWS', ...(values.length && { values }) };
	}

	/** Writes all of it, or nothing. */
	write({ data, valueInputOption }: BatchUpdate): object {
		const writes = data.flatMap(({ range: text, values }) => {
			const range = this.#range(text);
			return values.flatMap((row, down) =>
				row.map((value, right) => {
					const at = { row: range.row + down, column: range.column + right };
					if (at.row >= ROWS || at.column >= COLUMNS)
						throw invalid(`Range (${text}) exceeds grid limits.`);
					return { ...at, cell: entered(value, valueInputOption) };
				}),
			);
		});
		for (const { row, column, cell } of writes) (this.cells[row] ??= [])[column] = cell;
		return { spreadsheetId: this.id, totalUpdatedCells: writes.length };
	}

	#range(text: string): Range {
		const range = parseRange(text);
		if (range.title !== this.title) throw invalid(`Unable to parse range: ${text}`);
		return range;
	}
}

/**
 * Spreadsheets behind those calls of the Sheets API v4 that n8n's Google Sheets node makes to read and
 * update rows (https://developers.google.com/workspace/sheets/api/reference/rest). They have one sheet and no formulas,
 * formats, dates or append, and no `fields` are answered but the properties of the sheets.
 */
export class Sheets {
	#spreadsheets = new Map<string, Spreadsheet>();

	add(cells: Cell[][]): Spreadsheet {
		const spreadsheet = new Spreadsheet(cells);
		this.#spreadsheets.set(spreadsheet.id, spreadsheet);
		return spreadsheet;
	}

	answer({ method, path, query, body }: GoogleRequest): GoogleAnswer {
		const [, id, rest] = /^\/v4\/spreadsheets\/([^/:]+)(.*)$/.exec(path) ?? [];
		const spreadsheet = this.#spreadsheets.get(id);
		if (!spreadsheet) throw new GoogleError(404, 'NOT_FOUND', 'Requested entity was not found.');
		if (method === 'GET' && rest === '') return { json: spreadsheet.properties() };
		if (method === 'GET' && rest.startsWith(VALUES))
			return { json: spreadsheet.read(rest.slice(VALUES.length), query.get('valueRenderOption')) };
		if (method === 'POST' && rest === '/values:batchUpdate')
			return { json: spreadsheet.write(JSON.parse(body.toString())) };
		throw new GoogleError(501, 'UNIMPLEMENTED', `${method} ${path}`);
	}
}

function withoutEnd<T>(values: T[], isEmpty: (value: T) => boolean): T[] {
	return values.slice(0, values.findLastIndex((value) => !isEmpty(value)) + 1);
}
