import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { urlIssue } from '../../dist/nodes/RunComfy/order/files/urls.js';

describe('links that can be sent', () => {
	for (const url of [
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
	])
		test(url, () => assert.equal(urlIssue(url), undefined));
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
		[/has a space in it/, ['https://example.com/a.png https://example.com/b.png']],
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
			],
		],
	];
	for (const [issue, urls] of cases)
		for (const url of urls) test(url || 'nothing', () => assert.match(urlIssue(url) ?? '', issue));
});
