/** Where RunComfy keeps finished videos (official client). */
const HOSTS = /(^|\.)runcomfy\.(net|com)$/;

/** Why a video is not downloaded from `url`, as the end of a sentence, or undefined when it may be. */
export function hostIssue(url: string, baseUrl: string): string | undefined {
	if (!URL.canParse(url)) return 'is no URL';
	const { protocol, hostname, origin } = new URL(url);
	if (origin !== 'null' && origin === new URL(baseUrl).origin) return undefined;
	if (protocol !== 'https:') return 'is not an https link';
	return HOSTS.test(hostname) ? undefined : `is on ${hostname}, which is not RunComfy`;
}
