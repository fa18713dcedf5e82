import { isNoText, unfilledIssue } from '../../text/unfilled';
import type { Finding } from '../order';
import { urlIssue } from './urls';

type SiteRule = [host: RegExp, address: RegExp, issue: string];

/** Characters of a link that a message shows. */
const MAX_SHOWN = 100;

const USE_FILE = 'download the file first and use it as a file';

/** Percent signs for `{`, `}`, `[`, `]`, `$` and spaces. */
const ENCODED = /%(7B|7D|5B|5D|24|20)/gi;

/** Links that open what is not meant for others: whoever has them can do more than see the file. */
const SECRETS: SiteRule[] = [
	[
		/^api\.telegram\.org$/,
		/^\/(file\/)?bot\d/,
		'has the secret of your Telegram bot in it, with which others could use the bot: turn on Download in the Telegram node and use the file',
	],
	[
		/^(.*\.)?discord(app)?\.com$/,
		/^\/api\/(v\d+\/)?webhooks\/\d/,
		'is the secret address of a Discord webhook, not a file: use the link of the attachment',
	],
	[
		/./,
		/\b(xox[a-z]-|ya29\.)[\w-]{8}/,
		'has a secret in it that gives access to an account: download the file in n8n and use it as a file',
	],
];

/** Sites whose share links open a page or a login, and what to do instead. */
const SITES: SiteRule[] = [
	[
		/^(drive|docs)\.google\.com$/,
		/^\/(u\/\d+\/)?(file|open|document|drive)/,
		'leads to a Google Drive page: download the file with the Google Drive node and use it as a file',
	],
	[
		/^(.*\.)?dropbox\.com$/,
		/^\/(?!.*[?&](raw|dl)=1)/,
		'leads to a Dropbox page: end the link with raw=1 instead of dl=0',
	],
	[
		/^(1drv\.ms|onedrive\.live\.com|photos\.app\.goo\.gl|photos\.google\.com|.*\.sharepoint\.com)$/,
		/^\/(?!.*_layouts\/15\/download\.aspx)/,
		`leads to a share page: ${USE_FILE}`,
	],
	[
		/^files\.slack\.com$/,
		/^\/files-(pri|tmb)\/(?!.*[?&]pub_secret=)/,
		'needs a login of your Slack workspace, which RunComfy does not have: download the file with an HTTP Request node that uses your Slack credential, and use it as a file',
	],
	[
		/^(www\.|m\.)?imgur\.com$/,
		/^\/(?!download\/)(?![^?]*\.(jpe?g|png|gif|webp|mp4)(\?|$))./i,
		'leads to an Imgur page: use the link that starts with https://i.imgur.com/',
	],
	[
		/^(www\.)?unsplash\.com$/,
		/^\/([a-z]{2}\/)?(photos|fotos)\/(?!.*\/download)/,
		`leads to an Unsplash page: ${USE_FILE}`,
	],
	[
		/^(www\.)?pexels\.com$/,
		/^\/([a-z]{2}-[a-z]{2}\/)?(photo|video)\/(?!.*\/download)/,
		`leads to a Pexels page: ${USE_FILE}`,
	],
	[
		/^(www\.)?pixabay\.com$/,
		/^\/([a-z]{2}\/)?(photos|videos|illustrations)\//,
		`leads to a Pixabay page: ${USE_FILE}`,
	],
	[
		/^(www\.)?instagram\.com$/,
		/^\/([\w.]+\/)?(p|reel|reels|tv)\/[\w-]+\/?(\?|$)/,
		`leads to an Instagram page: ${USE_FILE}`,
	],
	[
		/^((www\.|m\.)?youtube\.com|youtu\.be)$/,
		/^\/(watch\?|shorts\/|[\w-]{11}(\?|$))/,
		`leads to a YouTube page: ${USE_FILE}`,
	],
];

const issueIn = (rules: SiteRule[], { hostname, pathname, search }: URL): string | undefined =>
	rules.find(([host, address]) => host.test(hostname) && address.test(pathname + search))?.[2];

/**
 * What speaks against a link by its address alone, as the end of a sentence, or undefined. What is only
 * known of the site, or guessed, is the user's to skip.
 */
export function addressIssue(
	url: string,
	allowsLoopback: boolean,
): Pick<Finding, 'text' | 'check'> | undefined {
	const broken = urlIssue(url, allowsLoopback);
	// The text of a file may look like anything.
	if (broken && /^data:/i.test(url)) return { text: broken };
	const unfilled = unfilledIssue(url.replace(ENCODED, decodeURIComponent));
	if (unfilled) return { text: unfilled, check: broken ? undefined : 'links' };
	if (broken) return { text: broken };
	const parsed = new URL(url);
	const text = parsed.password
		? 'has a password in it, which RunComfy would get: download the file in n8n and use it as a file'
		: (issueIn(SECRETS, parsed) ?? issueIn(SITES, parsed));
	return text === undefined ? undefined : { text, check: 'links' };
}

/** A link as a message shows it: without its query, user, password, and whatever else may be a secret. */
export function shownUrl(url: string): string {
	if (isNoText(url)) return url;
	// Somebody may have left out the https://.
	const full = [url, `https://${url}`].find((text) => URL.canParse(text));
	const isSecret = full && issueIn(SECRETS, new URL(full));
	const bare = isSecret
		? `${new URL(full).origin}/…`
		: url.replace(/[?#][^]*$/, '').replace(/^((?:[a-z][a-z\d+.-]*:)?[/\\]+)[^/\\]*@/i, '$1');
	if (!bare) return `${url.slice(0, 1)}…`;
	return bare.length > MAX_SHOWN ? `${bare.slice(0, MAX_SHOWN - 1)}…` : bare;
}
