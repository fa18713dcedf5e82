import { stopped } from '../api/failure';
import { noResponse } from '../api/noResponse';
import { followRedirects } from '../n8n/followRedirects';
import { HEAD_BYTES, headOf } from '../order/files/head';
import { judgeAnswer, type LinkAnswer, type Looked } from '../order/files/linkAnswer';
import { shownUrl } from '../order/files/links';
import type { LabelledLink } from '../order/files/reference';
import { isLoopback, urlIssue } from '../order/files/urls';
import type { Finding } from '../order/order';
import type { Item } from '../run/item';
import { guardsOf } from './guards';

/** How long a look may take, redirects included. */
const LOOK_DEADLINE_S = 15;

/**
 * Looks at links as RunComfy would, each once in a run, and adds to them what it found. A link that
 * is only out of reach of this n8n is a warning. Looks at nothing where the user skips that check.
 */
export async function lookAtLinks(
	item: Item,
	links: LabelledLink[],
): Promise<{ issues: Finding[]; warnings: string[] }> {
	if (guardsOf(item.context).skipChecks.includes('links')) return { issues: [], warnings: [] };
	const issues = new Set<string>();
	const warnings = new Set<string>();
	const looks = links.map(async ({ link }) => await lookAt(item, link.url));
	for (const [index, looked] of (await Promise.all(looks)).entries()) {
		const { label, link } = links[index];
		const named = `${label}: '${shownUrl(link.url)}'`;
		if ('look' in looked) link.look = looked.look;
		else if ('refused' in looked) issues.add(`${named} ${looked.refused}`);
		else {
			const reason = looked.unreached.replace(/\.$/, '');
			warnings.add(
				`${named} could not be looked at from n8n: ${reason}. RunComfy may still reach it.`,
			);
		}
	}
	return {
		issues: [...issues].map((text) => ({ text, check: 'links' })),
		warnings: [...warnings],
	};
}

async function lookAt(item: Item, url: string): Promise<Looked> {
	const { looks, transfers } = item.run;
	let looked = looks.get(url);
	if (!looked) {
		looked = transfers.use(async () => await look(item, url));
		looks.set(url, looked);
		const forget = () => looks.delete(url);
		// A retry of the node looks again.
		looked.then((known) => {
			if (!('look' in known)) void item.pass.allDone.then(forget);
		}, forget);
	}
	return await looked;
}

async function look(item: Item, url: string): Promise<Looked> {
	const answer = await answerOf(item, url);
	return 'statusCode' in answer ? judgeAnswer(url, answer, Date.now()) : answer;
}

/** Asks a link for its first bytes, or for its headers only, and returns what came or why nothing did. */
export async function answerOf(
	{ context, api, signal }: Item,
	url: string,
	method: 'GET' | 'HEAD' = 'GET',
): Promise<LinkAnswer | { refused: string } | { unreached: string }> {
	if (signal?.aborted) throw stopped({ submitted: 'no' });
	const deadline = AbortSignal.timeout(LOOK_DEADLINE_S * 1000);
	const { proxy, skipSslCertificateValidation } = api.settings;
	const allowsLoopback = isLoopback(api.baseUrl);
	try {
		const opened = await followRedirects(
			context,
			url,
			{
				proxy,
				skipSslCertificateValidation,
				method,
				headers: method === 'HEAD' ? {} : { Range: `bytes=0-${HEAD_BYTES - 1}` },
				timeout: LOOK_DEADLINE_S * 1000,
			},
			signal ? AbortSignal.any([signal, deadline]) : deadline,
			(hop) => {
				const issue = urlIssue(hop, allowsLoopback);
				return issue && `redirects to a link that ${issue}`;
			},
		);
		if ('issue' in opened) return { refused: opened.issue };
		const { statusCode, headers, isFromProxy, stream, close } = opened;
		try {
			if (isFromProxy) return { unreached: `the proxy answered with HTTP status ${statusCode}` };
			return { statusCode, headers, head: await headOf(stream) };
		} finally {
			close();
		}
	} catch (error) {
		if (signal?.aborted) throw stopped({ submitted: 'no' });
		const { reason } = noResponse(error, api.clean);
		return { unreached: deadline.aborted ? `no answer within ${LOOK_DEADLINE_S} s` : reason };
	}
}
