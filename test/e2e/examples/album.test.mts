import { setTimeout as sleep } from 'node:timers/promises';
import type { DataUri } from '../../../simulator/types.mts';
import { borrowSession, type Session } from '../../support/n8n/session.mts';
import { sha256 } from '../../support/sha256.mts';
import { photoOf, startTelegram } from '../../support/telegram.mts';
import { until } from '../../support/until.mts';
import { adaptedExample } from './example.mts';

const FILE = 'telegram-album.json';
const ALBUMS = 5;
/** How long a copy waits for the rest of an album, in seconds. */
const WAIT_S = 5;
/** Between photos that come one by one: less than the wait, and two of these are more. */
const PAUSE_MS = 3000;
/** The first chat: another one each time, since the n8n keeps its table. */
const CHAT = Date.now();

let session: Session;
let telegram: Awaited<ReturnType<typeof startTelegram>>;
let workflowId: string;

beforeAll(async () => {
	session = await borrowSession();
	telegram = await startTelegram();
	const { n8n, credential } = session;
	const bot = { accessToken: '1:token', baseUrl: telegram.url };
	const telegramApi = await n8n.addCredential('Bot', bot, 'telegramApi');
	const parameters = { 'Others Arrive': { amount: WAIT_S } };
	const example = await adaptedExample(FILE, { credential, parameters });
	const nodes = example.nodes.map((node) =>
		/\.telegram/.test(node.type) ? { ...node, credentials: { telegramApi } } : node,
	);
	workflowId = await n8n.addWorkflow({ ...example, nodes });
	const { status } = await n8n.run(workflowId, 'Once, Before You Publish');
	expect(status).toBe('success');
	await n8n.publish(workflowId);
	await until('the bot has its webhook', telegram.isHooked);
});

beforeEach(() => {
	session.simulator.reset();
	telegram.sent.length = 0;
});

afterAll(async () => {
	await session?.end();
	await telegram?.close();
});

/** A message with the photo of this number; Telegram gives the caption to the first of an album. */
const message = (chat: number, photo: number, { caption, album }: Record<string, string>) => ({
	message_id: photo,
	chat: { id: chat },
	photo: [{ file_id: '0' }, { file_id: String(photo) }],
	...(album && { media_group_id: album }),
	...(caption && { caption }),
});

const deliver = async (sent: object) => {
	await until('n8n takes the message', async () => {
		await telegram.deliver(session.n8n.url, sent);
		return true;
	});
};

const bought = () =>
	[...session.simulator.jobs.values()].map(({ body }) => [
		body.prompt,
		...(body.images as DataUri[]).map((image) => image.sha256),
	]);

const inAlbum = (nth: number, photo: number) =>
	message(CHAT + nth, photo, {
		album: `album ${nth}`,
		caption: photo % 10 === 1 ? captionOf(nth) : '',
	});

const captionOf = (nth: number) => `${nth}: Figure 1 waves to Figure 3`;
const photosOf = (nth: number) => [1, 2, 3].map((photo) => nth * 10 + photo);
const clipOf = (nth: number) => [
	captionOf(nth),
	...photosOf(nth).map((photo) => sha256(photoOf(photo))),
];

test('fifteen messages at once are five albums: one clip each, with its photos in order', async () => {
	const { n8n, simulator } = session;
	const albums = Array.from({ length: ALBUMS }, (_, nth) => nth);
	const messages = albums.flatMap((nth) => photosOf(nth).map((photo) => inAlbum(nth, photo)));
	// The last photo of each album comes first.
	await Promise.all(messages.toReversed().map(deliver));
	await until('each chat has its video', () => telegram.sent.length === ALBUMS);
	const ids = await n8n.executionIds(workflowId);
	for (const id of ids) expect((await n8n.finished(id)).status).toBe('success');

	expect(bought().toSorted()).toStrictEqual(albums.map(clipOf));
	expect(session.submits()).toBe(ALBUMS);
	const videos = telegram.sent.map(({ method, chatId }) => [method, Number(chatId)]);
	expect(videos.toSorted()).toStrictEqual(albums.map((nth) => ['sendVideo', CHAT + nth]));
	const [{ requestId }] = [...simulator.jobs.values()].filter(
		({ body }) => body.prompt === captionOf(0),
	);
	const clip = await (await fetch(`${simulator.url}/files/${requestId}.mp4`)).bytes();
	const { video } = telegram.sent.find(({ chatId }) => Number(chatId) === CHAT)!;
	expect(sha256(video!)).toBe(sha256(clip));
});

test('photos that come one by one are one clip, a photo alone and sent twice too; without a caption the chat is told', async () => {
	const [slow, alone, silent] = [6, 7, 8];
	const single = message(CHAT + alone, 71, { caption: 'Figure 1 bows' });
	await deliver(single);
	await deliver(message(CHAT + silent, 81, {}));
	await deliver({ message_id: 91, chat: { id: CHAT + alone }, text: 'hello' });
	const [first, second, third] = photosOf(slow);
	await deliver(inAlbum(slow, second));
	await sleep(PAUSE_MS);
	await deliver(inAlbum(slow, first));
	await sleep(PAUSE_MS);
	// The first photo has waited its time; the second has not.
	await deliver(inAlbum(slow, third));
	await deliver(single);
	await until('all chats are answered', () => telegram.sent.length === 3);
	for (const id of await session.n8n.executionIds(workflowId))
		expect((await session.n8n.finished(id)).status).toBe('success');

	expect(bought().toSorted()).toStrictEqual([clipOf(slow), ['Figure 1 bows', sha256(photoOf(71))]]);
	const told = telegram.sent.find(({ chatId }) => Number(chatId) === CHAT + silent);
	expect([told?.method, told?.text]).toStrictEqual([
		'sendMessage',
		expect.stringMatching(/'Prompt'/),
	]);
});
