import type { Server } from '../../support/n8n/server.mts';

/** A row of the data table of rows-never-bought-twice.json. */
export interface Row {
	id: number;
	prompt: string;
	image_urls: string;
	status: string | null;
	request_id: string | null;
	reason: string | null;
	file_name: string | null;
	cost_usd: number | null;
}

export interface Column {
	name: string;
	type: string;
}

const IMAGE_URLS = 'https://example.com/front.jpg, https://example.com/side.jpg';

/** A data table of n8n, as its own editor reads and writes it. */
export class Table {
	readonly id: string;
	#n8n: Server;
	#path: string;

	private constructor(n8n: Server, tables: string, id: string) {
		this.id = id;
		this.#n8n = n8n;
		this.#path = `${tables}/${id}`;
	}

	static async create(n8n: Server, name: string, columns: Column[]): Promise<Table> {
		const path = await tablesPath(n8n);
		const { id } = await n8n.rest<{ id: string }>('POST', path, { name, columns });
		return new Table(n8n, path, id);
	}

	/** The data table of this name, if there is one. */
	static async find(n8n: Server, name: string): Promise<Table | undefined> {
		const path = await tablesPath(n8n);
		// Without a filter, n8n lists the newest ones only.
		const filter = encodeURIComponent(JSON.stringify({ name }));
		const { data } = await n8n.rest<{ data: Array<{ id: string; name: string }> }>(
			'GET',
			`${path}?filter=${filter}`,
		);
		const found = data.find((table) => table.name === name);
		return found && new Table(n8n, path, found.id);
	}

	/** Adds rows as a user does: with a prompt and links, and what a test wants to be in them. */
	async add(rows: Array<Partial<Row>>): Promise<void> {
		await this.insert(rows.map((row) => ({ image_urls: IMAGE_URLS, ...row })));
	}

	async insert(data: object[]): Promise<void> {
		await this.#n8n.rest('POST', `${this.#path}/insert`, { data, returnType: 'count' });
	}

	/** Deletes the rows that have this value in a column. */
	async delete(columnName: string, value: string): Promise<void> {
		const filter = { type: 'and', filters: [{ columnName, condition: 'eq', value }] };
		const query = new URLSearchParams({ filter: JSON.stringify(filter) });
		await this.#n8n.rest('DELETE', `${this.#path}/rows?${query}`);
	}

	async rows(): Promise<Row[]> {
		const { data } = await this.#n8n.rest<{ data: Row[] }>('GET', `${this.#path}/rows?take=100`);
		return data.sort((a, b) => a.id - b.id);
	}
}

async function tablesPath(n8n: Server): Promise<string> {
	const { id } = await n8n.rest<{ id: string }>('GET', '/rest/projects/personal');
	return `/rest/projects/${id}/data-tables`;
}
