import { addressIssue, shownUrl } from '../../dist/nodes/RunComfy/order/files/links.js';
import { isLoopback, urlIssue } from '../../dist/nodes/RunComfy/order/files/urls.js';

describe('links that can be sent', () => {
	test.each([
		'https://example.com/a.png',
		'HTTPS://EXAMPLE.COM/a.png',
		'https://example.com:8443/a.png?x=1#y',
		'https://bücher.example/ä ö.png'.replace(' ', '%20'),
		'https://0.gravatar.com/avatar/1.png',
		'https://10.example.com/a.png',
		'https://127.0.0.1.example.com/a.png',
		'https://8.8.8.8/a.png',
		'https://172.32.0.1/a.png',
		'https://100.128.0.1/a.png',
		'https://[2606:4700::1]/a.png',
		'https://fc.example.com/a.png',
		'https://drive.google.com/uc?export=download&id=1',
		'https://drive.usercontent.google.com/download?id=1',
		'https://www.dropbox.com/scl/fi/1/a.png?rlkey=2&raw=1',
		'https://www.dropbox.com/s/1/a.png?dl=1',
		'https://dl.dropboxusercontent.com/s/1/a.png',
		'https://a.sharepoint.com/_layouts/15/download.aspx?UniqueId=1&tempauth=2',
		'https://files.slack.com/files-pri/T1-F1/a.png?pub_secret=1',
		'https://i.imgur.com/abc.png',
		'https://imgur.com/abc.jpg',
		'https://images.unsplash.com/photo-1',
		'https://unsplash.com/photos/abc/download?force=true',
		'https://images.pexels.com/photos/1/a.jpeg',
		'https://scontent.cdninstagram.com/v/a.jpg?oe=1',
		'https://cdn.discordapp.com/attachments/1/2/a.png?ex=1&hm=2',
		'https://example.com/nullable/undefined-behaviour.png?name=nothing',
		'https://example.com/{id}/a.png',
	])('%s', (url) => {
		expect(urlIssue(url)).toBeUndefined();
		expect(addressIssue(url, false)).toBeUndefined();
	});
});

describe('links that cannot', () => {
	const PRIVATE = /inside your own network/;
	const cases: Array<[RegExp, string[]]> = [
		[
			/is not a complete URL. It must start with https:\/\//,
			['a.png', '/a.png', '//example.com/a', 'https://', ''],
		],
		[
			/does not start with https:\/\//,
			['http://example.com/a.png', 'ftp://example.com/a', 'file:///etc/x'],
		],
		[/is a data URI/, ['data:image/png;base64,AAAA', 'DATA:,x']],
		[
			/is the content of a file as base64 text. Make it a file first/,
			['iVBORw0KGgoAAAANSUhEUg==', '/9j/4AAQSkZJRg', 'AAAAIGZ0eXBpc29t', 'UklGRiQAAABXRUJQ'],
		],
		[/is an object. Give its link/, ['{"a":1}', '[{"a":"https://a/1.png"}]']],
		[/has other text around its link/, ['see https://a.example/1.png', '=https://a.example/1.png']],
		[/has a space in it/, ['https://example.com/a.png https://example.com/b.png']],
		[
			PRIVATE,
			[
				'https://localhost/a.png',
				'https://LOCALHOST.:5678/a.png',
				'https://nas/a.png',
				'https://nas.local/a.png',
				'https://n8n.internal/a.png',
				'https://127.0.0.1/a.png',
				'https://127.1/a.png',
				'https://2130706433/a.png',
				'https://0x7f000001/a.png',
				'https://10.0.0.7/a.png',
				'https://192.168.1.2/a.png',
				'https://172.16.0.1/a.png',
				'https://172.31.255.1/a.png',
				'https://169.254.169.254/latest',
				'https://100.64.0.1/a.png',
				'https://0.0.0.0/a.png',
				'https://[::1]/a.png',
				'https://[::]/a.png',
				'https://[fd00::1]/a.png',
				'https://[fe80::1]/a.png',
				'https://[::ffff:10.0.0.1]/a.png',
				'https://[64:ff9b::a00:1]/a.png',
				'https://[2002:a00:1::]/a.png',
				'https://[ff02::1]/a.png',
				'https://192.0.2.1/a.png',
				'https://198.18.0.1/a.png',
				'https://203.0.113.1/a.png',
				'https://224.0.0.1/a.png',
				'https://255.255.255.255/a.png',
			],
		],
	];
	for (const [issue, urls] of cases)
		for (const url of urls)
			test(url || 'nothing', () => expect(urlIssue(url) ?? '').toMatch(issue));
});

describe('links whose site or text speaks against them, which the user may know better', () => {
	const cases: Array<[RegExp, string[]]> = [
		[
			/Google Drive page/,
			[
				'https://drive.google.com/file/d/1/view?usp=sharing',
				'https://drive.google.com/u/0/file/d/1/view',
				'https://drive.google.com/open?id=1',
				'https://docs.google.com/document/d/1/edit',
			],
		],
		[
			/Dropbox page.*raw=1/,
			['https://www.dropbox.com/scl/fi/1/a.png?rlkey=2&dl=0', 'https://dropbox.com/s/1/a.png'],
		],
		[
			/share page/,
			['https://photos.app.goo.gl/1', 'https://1drv.ms/i/1', 'https://onedrive.live.com/?id=1'],
		],
		[
			/secret of your Telegram bot/,
			[
				'https://api.telegram.org/file/bot123:AA-b_c/photos/file_1.jpg',
				'https://api.telegram.org/bot123:AA/getFile?file_id=1',
			],
		],
		[
			/Discord webhook/,
			['https://discord.com/api/webhooks/1/x', 'https://discordapp.com/api/v10/webhooks/1/x'],
		],
		[
			/gives access to an account/,
			[
				'https://www.googleapis.com/drive/v3/files/1?alt=media&access_token=ya29.a0AfB_byC',
				'https://a.example/a.png?t=xoxb-1234-5678',
			],
		],
		[/has a password in it/, ['https://anna:example@example.com/a.png']],
		[/login of your Slack workspace/, ['https://files.slack.com/files-pri/T1-F1/a.png']],
		[
			/Imgur page/,
			['https://imgur.com/abc', 'https://imgur.com/gallery/a-b', 'https://m.imgur.com/a/b?x=.png'],
		],
		[
			/Unsplash page/,
			['https://unsplash.com/photos/a-cat-abc', 'https://unsplash.com/de/fotos/abc'],
		],
		[
			/Pexels page/,
			['https://www.pexels.com/photo/a-cat-1/', 'https://www.pexels.com/de-de/video/a-cat-1/'],
		],
		[/Pixabay page/, ['https://pixabay.com/photos/cat-1/', 'https://pixabay.com/de/videos/cat-1/']],
		[
			/Instagram page/,
			['https://www.instagram.com/p/abc/', 'https://instagram.com/anna/reel/abc/?igsh=1'],
		],
		[
			/YouTube page/,
			[
				'https://www.youtube.com/watch?v=abcdefghijk',
				'https://youtu.be/abcdefghijk',
				'https://youtube.com/shorts/abc',
			],
		],
		[
			/was never filled in/,
			[
				'https://example.com/undefined.jpg',
				'https://example.com/null',
				'https://example.com/a.png?id=undefined',
				'https://example.com/{{ $json.id }}.png',
				'https://example.com/%7B%7B%20$json.id%20%7D%7D.png',
				'https://example.com/[object Object].png',
				'https://example.com/%5Bobject%20Object%5D.png',
			],
		],
	];
	for (const [issue, urls] of cases)
		test.each(urls)('%s', (url) => {
			const found = addressIssue(url, false);
			expect(found?.text ?? '').toMatch(issue);
			expect(found?.check).toBe(url.includes(' ') ? undefined : 'links');
		});

	test.each(['{{ $json.url }}', 'undefined', '[object Object]', 'https://undefined/a.png'])(
		'%s was never filled in, and is no link whatever the user knows',
		(url) => {
			const found = addressIssue(url, false);
			expect(found?.text ?? '').toMatch(/was never filled in/);
			expect(found?.check).toBeUndefined();
		},
	);

	test('what the base64 of a file may spell counts for nothing', () => {
		const found = addressIssue('data:image/png;base64,/null/', false);
		expect(found?.text).toMatch(
			/^is a data URI\. Make it a file first with the node Convert to File/,
		);
		expect(found?.check).toBeUndefined();
	});
});

describe('this machine, where it may be read', () => {
	test.each([
		'http://127.0.0.1:8788/a.png',
		'https://127.1/a.png',
		'http://localhost/a.png',
		'https://files.localhost./a.png',
		'http://[::1]:1/a.png',
	])('%s', (url) => {
		expect(isLoopback(url)).toBe(true);
		expect(urlIssue(url, true)).toBeUndefined();
		expect(urlIssue(url, false)).toBeTruthy();
	});

	test.each([
		'http://example.com/a.png',
		'http://10.0.0.1/a.png',
		'https://10.0.0.1/a.png',
		'https://0.0.0.0/a.png',
		'https://nas/a.png',
		'https://[::ffff:127.0.0.1]/a.png',
		'ftp://127.0.0.1/a.png',
	])('%s may not', (url) => expect(urlIssue(url, true)).toBeTruthy());
	test('no URL', () => expect(isLoopback('127.0.0.1')).toBe(false));
});

describe('links as messages show them', () => {
	const cases: Array<[string, string]> = [
		['https://example.com/a.png?sig=x#y', 'https://example.com/a.png'],
		['https://anna:example@example.com/a.png', 'https://example.com/a.png'],
		['https:\\\\anna:x@y@example.com/a@b.png', 'https:\\\\example.com/a@b.png'],
		['example.com/a.png?sig=x', 'example.com/a.png'],
		['https://api.telegram.org/file/bot1:x/a.jpg', 'https://api.telegram.org/…'],
		['api.telegram.org/file/bot1:x/a.jpg', 'https://api.telegram.org/…'],
		['http://a.example/xoxb-12345678/a.png', 'http://a.example/…'],
		['{"link":1}', '{"link":1}'],
		['#N/A', '#N/A'],
		['?token=x', '?…'],
		[`https://example.com/${'a'.repeat(200)}`, `https://example.com/${'a'.repeat(79)}…`],
	];
	test.each(cases)('%s', (url, shown) => expect(shownUrl(url)).toBe(shown));
});
