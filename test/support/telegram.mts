import { startLinkHost } from './linkHost.mts';
import { padded } from '../fixtures/media.mts';

/** What a bot has sent into a chat. */
export interface Sent {
	method: 'sendVideo' | 'sendMessage';
	chatId: string;
	text?: string;
	video?: Buffer;
}

/** A photo of its own for each number: a small real one, of another size. */
export const photoOf = (number: number): Buffer => padded('photo.jpg', 40_000 + number);

/** A stand-in for Telegram's Bot API, with what n8n's Telegram nodes ask for. */
export async function startTelegram() {
	const sent: Sent[] = [];
	let hook = { url: '', secret_token: '' };

	const answers: Record<string, (body: Request) => Promise<unknown>> = {
		getWebhookInfo: async () => ({ url: '' }),
		setWebhook: async (body) => {
			hook = await body.json();
			return true;
		},
		deleteWebhook: async () => true,
		getFile: async (body) => ({ file_path: `photos/${(await body.json()).file_id}.jpg` }),
		sendVideo: async (body) => {
			const form = await body.formData();
			const video = Buffer.from(await (form.get('video') as File).arrayBuffer());
			sent.push({ method: 'sendVideo', chatId: String(form.get('chat_id')), video });
			return {};
		},
		sendMessage: async (body) => {
			const { chat_id: chatId, text } = await body.json();
			sent.push({ method: 'sendMessage', chatId: String(chatId), text });
			return {};
		},
	};

	const host = await startLinkHost(async (request, response) => {
		const name = request.url!.split('/').at(-1)!;
		if (request.url!.startsWith('/file/')) {
			response.end(photoOf(Number.parseInt(name, 10)));
			return;
		}
		const body = Buffer.concat(await request.toArray());
		const headers = { 'content-type': request.headers['content-type'] ?? '' };
		const read = new Request('http://bot', { method: 'POST', headers, body });
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({ ok: true, result: await answers[name](read) }));
	});

	return {
		url: host.url,
		sent,
		/** Brings a message to the bot's webhook at this n8n, as Telegram does. */
		async deliver(n8n: string, message: object): Promise<void> {
			const response = await fetch(n8n + new URL(hook.url).pathname, {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					'x-telegram-bot-api-secret-token': hook.secret_token,
				},
				body: JSON.stringify({ update_id: 1, message }),
			});
			if (!response.ok) throw new Error(`The bot's webhook: HTTP ${response.status}.`);
		},
		isHooked: () => hook.url !== '',
		close: host.close,
	};
}
