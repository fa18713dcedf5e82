import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call of a tool, as a model asks for it. */
export interface ToolCall {
	name: string;
	input: object;
}

interface Message {
	role: string;
	content: unknown;
}

interface Request {
	messages: Message[];
	tools?: Array<{ function: never }>;
	stream?: boolean;
}

/** A language model behind OpenAI's API that asks for the tools it is told to, and then says it is done. */
export interface ScriptedModel {
	url: string;
	/** What it asks for in its next answers, one after another; the calls of one answer come together. */
	plan(...answers: ToolCall[][]): void;
	/** What the tools answered, in order, in the last request that it got. */
	results(): string[];
	/** The system message of the last request; newer models call it the developer's. */
	system(): string;
	/** The tools it was offered, with what it was told of them. */
	tools(): Array<{ name: string; description: string; parameters: object }>;
	close(): Promise<void>;
}

export async function startModel(): Promise<ScriptedModel> {
	let answers: ToolCall[][] = [];
	let last: Request = { messages: [] };
	let calls = 0;
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		last = JSON.parse(Buffer.concat(chunks).toString());
		const toolCalls = answers.shift()?.map(({ name, input }) => ({
			id: `call_${++calls}`,
			type: 'function',
			function: { name, arguments: JSON.stringify(input) },
		}));
		const message = toolCalls
			? { role: 'assistant', content: null, tool_calls: toolCalls }
			: { role: 'assistant', content: 'Done.' };
		const finish_reason = toolCalls ? 'tool_calls' : 'stop';
		const answer = { id: `answer-${calls}`, created: 0, model: 'scripted' };
		if (!last.stream) {
			response.setHeader('content-type', 'application/json');
			const choices = [{ index: 0, message, finish_reason }];
			response.end(JSON.stringify({ ...answer, object: 'chat.completion', choices }));
			return;
		}
		response.setHeader('content-type', 'text/event-stream');
		const delta = { ...message, tool_calls: toolCalls?.map((call, index) => ({ index, ...call })) };
		for (const choice of [{ delta }, { delta: {}, finish_reason }]) {
			const choices = [{ index: 0, ...choice }];
			const chunk = { ...answer, object: 'chat.completion.chunk', choices };
			response.write(`data: ${JSON.stringify(chunk)}\n\n`);
		}
		response.end('data: [DONE]\n\n');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		plan: (...planned) => (answers = planned),
		results: () =>
			last.messages.filter(({ role }) => role === 'tool').map(({ content }) => textOf(content)),
		system: () =>
			textOf(last.messages.find(({ role }) => ['system', 'developer'].includes(role))?.content),
		tools: () => last.tools?.map((tool) => tool.function) ?? [],
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

const textOf = (content: unknown): string =>
	Array.isArray(content)
		? content.map(({ text }: { text?: string }) => text ?? '').join('')
		: String(content ?? '');
