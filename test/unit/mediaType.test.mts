import { mediaTypeOf } from '../../dist/nodes/RunComfy/output/mediaType.js';
import { media } from '../fixtures/media.mts';

const HOST = 'https://playgrounds-storage-public.runcomfy.net';
const WAV = Buffer.from('RIFF\0\0\0\0WAVEfmt ', 'latin1');
const OTHER = Buffer.from('glTF\x02\0\0\0', 'latin1');
const PAGE = Buffer.from('<!doctype html><html>');

type Case = [title: string, name: string, mimeType: string, head: Buffer, ...expected: string[]];

const cases: Case[] = [
	['bytes and header agree', 'a.png', 'image/png', media('photo.png'), 'image/png', '.png'],
	['bytes count before the header', 'a.png', 'image/png', media('photo.jpg'), 'image/jpeg', '.jpg'],
	['bytes alone', 'a', '', WAV, 'audio/wav', '.wav'],
	['bytes and a header that says nothing', 'a', 'binary/octet-stream', WAV, 'audio/wav', '.wav'],
	['a container', 'a', 'application/octet-stream', media('clip.mp4'), 'video/mp4', '.mp4'],
	['sound in a container', 'a', 'audio/mp4', media('sound-only.mp4'), 'audio/mp4', '.m4a'],
	['sound in WebM', 'a', 'audio/webm', media('clip.webm'), 'audio/webm', '.webm'],
	['the header alone', 'a', 'audio/flac', OTHER, 'audio/flac', '.flac'],
	[
		'a header that only its host knows',
		'a.glb',
		'model/gltf-binary',
		OTHER,
		'model/gltf-binary',
		'.glb',
	],
	['such a header without an ending', 'a', 'model/gltf-binary', OTHER, 'model/gltf-binary', '.bin'],
	['the name alone', 'a.MP3?x=1', '', OTHER, 'audio/mpeg', '.mp3'],
	['a name that nobody knows', 'a.glb', '', OTHER, 'application/octet-stream', '.glb'],
	['nothing', 'a', '', OTHER, 'application/octet-stream', '.bin'],
	['an empty file', 'a', '', Buffer.alloc(0), 'application/octet-stream', '.bin'],
	['subtitles', 'a.srt', 'text/plain', Buffer.from('1\n00:00'), 'text/plain', '.srt'],
	['text in place of a file', 'a.png', 'text/plain', Buffer.from('gone')],
	['JSON in place of a file', 'a', 'application/json', Buffer.from('{}')],
	['a page', 'a.png', 'text/html', PAGE],
	['a page that says it is a picture', 'a.png', 'image/png', PAGE],
	['a page under any name', 'a.html', '', PAGE],
];

describe('the type of a file of a result', () => {
	for (const [title, name, mimeType, head, mime, ending] of cases)
		test(title, () => {
			const type = mediaTypeOf({ url: `${HOST}/${name}`, mimeType, head });
			expect(type && [type.mimeType, type.endings[0]]).toStrictEqual(mime && [mime, ending]);
		});
});
