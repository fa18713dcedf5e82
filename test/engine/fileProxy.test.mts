import { isBefore } from '../../scripts/runtime/n8n.mjs';
import { startProxy } from '../support/proxy.mts';
import { onlyError, tellsEverythingBought } from './checks.mts';
import { play } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

const HAVE_IT_LET_THROUGH = /Have whoever runs the proxy let n8n through to the host of the file/;
const LOG_IN = /'Proxy' under 'Request Options', as http:\/\/user:password@host:port/;

// 2.0.3 and 1.x do not tell a proxy's answer from that of the host.
for (const [status, tries, says] of [
	[403, 1, HAVE_IT_LET_THROUGH],
	[404, 1, HAVE_IT_LET_THROUGH],
	[407, 1, LOG_IN],
	[410, 1, HAVE_IT_LET_THROUGH],
	[503, 5, HAVE_IT_LET_THROUGH],
] as const)
	(isBefore('2.15') ? test.skip : test)(
		`a proxy that answers ${status} for the host of files is told from the host`,
		async () => {
			const answer = `HTTP/1.1 ${status} No\r\ncontent-length: 2\r\n\r\nno`;
			const proxy = await startProxy({ refuse: () => answer });
			try {
				const videoUrl = 'https://files.runcomfy.net/a.mp4';
				const played = await play({
					operation: 'generate',
					plans: [{ videoUrl }],
					parameters: { requestOptions: { proxy: proxy.url } },
					settings: { onError: 'continueRegularOutput' },
				});
				expect(played.requests).toStrictEqual(['submit', 'status', 'result']);
				expect(proxy.tunnels).toStrictEqual(Array(tries).fill('files.runcomfy.net:443'));
				const error = onlyError(played, 'continueRegularOutput')!;
				expect(error.message).toMatch(says);
				expect(error.message).toMatch(/paid for and not lost: run Wait for Completion/);
				expect(error.message).toMatch(new RegExp(`proxy .* answered with HTTP status ${status}`));
				expect([error.submitted, error.video_url]).toStrictEqual(['yes', videoUrl]);
				tellsEverythingBought(played);
			} finally {
				await proxy.close();
			}
		},
	);
