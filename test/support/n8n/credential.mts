import { isBefore } from '../../../scripts/runtime/n8n.mjs';

/** What n8n says of a credential that RunComfy refuses: ours, or its own words where it does not know the status. */
export const REFUSED_TOKEN = isBefore('2.34')
	? /^Authorization failed/
	: /^RunComfy does not accept this API token\. .* no accents/;
