/** Sites whose share links open a page, and what to do instead. */
const SHARE_PAGES: Array<[RegExp, RegExp, string]> = [
	[
		/(^|\.)(drive|docs)\.google\.com$/,
		/^(\/u\/\d+)?\/(file|open|document|drive)/,
		'a Google Drive page: download the file with the Google Drive node and use it as a file',
	],
	[
		/(^|\.)dropbox\.com$/,
		/^\/(?!.*[?&](raw|dl)=1)/,
		'a Dropbox page: end the link with raw=1 instead of dl=0',
	],
	[
		/(^|\.)(1drv\.ms|onedrive\.live\.com|photos\.app\.goo\.gl|photos\.google\.com|sharepoint\.com)$/,
		/^\//,
		'a share page: download the file first and use it as a file',
	],
];

const PRIVATE_NAMES = /^(localhost|.*\.(localhost|local|internal|lan)|[^.:]+)$/;

// RFC 1918, 5735, 6598, 4193 and 4291: addresses that RunComfy's servers cannot reach
const PRIVATE_IPV4 =
	/^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))(\.\d+)+$/;
const PRIVATE_IPV6 = /^\[(::1?|f[cd].*|fe[89ab].*|::ffff:.*)\]$/;

/** What is wrong with a reference URL, as the end of a sentence, or undefined when it can be sent. */
export function urlIssue(url: string): string | undefined {
	if (/^data:/i.test(url)) return 'is a data URI. Use the file itself as input instead';
	let parsed: URL;
	try {
		parsed = new URL(url);
	} catch {
		return 'is not a complete URL. It must start with https://';
	}
	if (parsed.protocol !== 'https:')
		return 'does not start with https://. RunComfy only reads https links';
	if (/\s/.test(url)) return 'has a space in it. Separate several URLs with commas';
	const host = parsed.hostname.toLowerCase().replace(/\.$/, '');
	if ([PRIVATE_NAMES, PRIVATE_IPV4, PRIVATE_IPV6].some((hosts) => hosts.test(host))) {
		return 'is an address inside your own network, which RunComfy cannot reach. Use the file itself as input instead';
	}
	const page = SHARE_PAGES.find(
		([sites, paths]) => sites.test(host) && paths.test(parsed.pathname + parsed.search),
	);
	return page && `leads to ${page[2]}`;
}
