import { jsonIn } from '../../text/json';
import { isBase64, MAKE_FILE } from './base64';

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;
const PRIVATE_NAMES = /^(localhost|.*\.(localhost|local|internal|lan)|[^.:]+)$/;

// RFC 6890, 4193 and 4291: addresses that RunComfy's servers cannot reach
const PRIVATE_IPV4 =
	/^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|192\.0\.[02]|198\.1[89]|198\.51\.100|203\.0\.113|2(2[4-9]|[345]\d))(\.\d+)+$/;
const PRIVATE_IPV6 = /^\[(::.*|f[cd].*|fe[89a-f].*|ff.*|64:ff9b:.*|2002:.*)\]$/;

const hostOf = ({ hostname }: URL): string => hostname.toLowerCase().replace(/\.$/, '');

/** Whether a URL leads to this very machine. */
export const isLoopback = (url: string): boolean =>
	URL.canParse(url) && LOOPBACK.test(hostOf(new URL(url)));

/**
 * What is wrong with a reference URL, as the end of a sentence, or undefined when it can be sent. A
 * simulator on this machine can read what is on this machine, over http too: `allowsLoopback`.
 */
export function urlIssue(url: string, allowsLoopback = false): string | undefined {
	if (/^data:/i.test(url)) return `is a data URI. ${MAKE_FILE}`;
	if (isBase64(url)) return `is the content of a file as base64 text. ${MAKE_FILE}`;
	if (/^[[{]/.test(url) && jsonIn(url))
		return 'is an object. Give its link, for example {{ $json.files.map((file) => file.url) }}';
	if (!URL.canParse(url))
		return /.https?:\/\//i.test(url)
			? 'has other text around its link. Give the link alone'
			: 'is not a complete URL. It must start with https://';
	const parsed = new URL(url);
	const isAllowed = allowsLoopback && isLoopback(url);
	if (parsed.protocol !== 'https:' && !(isAllowed && parsed.protocol === 'http:'))
		return 'does not start with https://. RunComfy only reads https links';
	if (/\s/.test(url)) return 'has a space in it. Separate several URLs with commas';
	const host = hostOf(parsed);
	if (!isAllowed && [PRIVATE_NAMES, PRIVATE_IPV4, PRIVATE_IPV6].some((hosts) => hosts.test(host))) {
		return 'is an address inside your own network, which RunComfy cannot reach. Use the file itself as input instead';
	}
	return undefined;
}
