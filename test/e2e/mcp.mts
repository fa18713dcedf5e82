import { setTimeout as sleep } from 'node:timers/promises';

interface Reply {
	result?: unknown;
	error?: { message: string };
}

/** A client of n8n's MCP Server Trigger (Model Context Protocol, streamable HTTP). */
export class McpClient {
	#url: string;
	#session = '';
	#id = 0;

	constructor(url: string) {
		this.#url = url;
	}

	async connect(): Promise<void> {
		const clientInfo = { name: 'test', version: '1' };
		const params = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo };
		// n8n publishes workflows in the background: until then there is no such address.
		for (let tries = 0; ; tries++) {
			try {
				await this.#request('initialize', params);
				break;
			} catch (error) {
				if (tries === 100) throw error;
				await sleep(100);
			}
		}
		await this.#post({ jsonrpc: '2.0', method: 'notifications/initialized' });
	}

	async tools(): Promise<Array<{ name: string; description: string; inputSchema: object }>> {
		const { tools } = (await this.#request('tools/list', {})) as { tools: [] };
		return tools;
	}

	/** Calls a tool, and returns the text of its answer; gives up when `signal` fires. */
	async call(name: string, input: object, signal?: AbortSignal): Promise<string> {
		const result = await this.#request('tools/call', { name, arguments: input }, signal);
		const { content } = result as { content: Array<{ text?: string }> };
		return content.map(({ text }) => text).join('\n');
	}

	async #request(method: string, params: object, signal?: AbortSignal): Promise<unknown> {
		const id = ++this.#id;
		const response = await this.#post({ jsonrpc: '2.0', id, method, params }, signal);
		const text = await response.text();
		if (!response.ok) throw new Error(`MCP: ${response.status} ${text.slice(0, 200)}`);
		this.#session = response.headers.get('mcp-session-id') ?? this.#session;
		// An answer comes as JSON, or as the one event of a stream.
		const [, data = text] = /^data: (.*)$/m.exec(text) ?? [];
		const { result, error } = JSON.parse(data) as Reply;
		if (error) throw new Error(error.message);
		return result;
	}

	async #post(body: object, signal?: AbortSignal): Promise<Response> {
		const headers: Record<string, string> = {
			'content-type': 'application/json',
			accept: 'application/json, text/event-stream',
		};
		if (this.#session) headers['mcp-session-id'] = this.#session;
		return await fetch(this.#url, {
			method: 'POST',
			headers,
			body: JSON.stringify(body),
			signal,
		});
	}
}
