import { isBefore } from '../../../scripts/runtime/n8n.mjs';

/** What n8n says of a credential that RunComfy refuses: ours, or its own words where it lost the status. */
export const REFUSED_TOKEN =
	isBefore('2.34') && !isBefore('1.104')
		? /^Authorization failed/
		: /^RunComfy does not accept this API token\. .* no accents/;
