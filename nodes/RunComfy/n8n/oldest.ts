// With Retry On Fail and On Error set to continue, n8n before 1.100 gives out what the first try said, also where a
// later one went well: an order that it bought would be lost (seen in 1.99.1). Before 1.98, it sends a proxy in
// plain text what is meant for an https address, the token too (seen in 1.85.4 and 1.88.0).
import * as n8n from 'n8n-workflow';

/** What tells 1.100 from 1.99: a helper of n8n's own; or what came by 1.104, and is there to stay. */
interface Newer {
	isExpression?: unknown;
	TelemetryHelpers?: { extractLastExecutedNodeStructuredOutputErrorInfo?: unknown };
}

/** Throws on an n8n that is too old for this node, in words that n8n shows where it fails to load. */
export function refuseOldN8n(): void {
	const { isExpression, TelemetryHelpers }: Newer = n8n;
	if (isExpression ?? TelemetryHelpers?.extractLastExecutedNodeStructuredOutputErrorInfo) return;
	throw new Error('RunComfy needs n8n 1.100 or newer, and this n8n is older. Update n8n.');
}
