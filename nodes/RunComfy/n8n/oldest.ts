// With Retry On Fail and On Error set to continue, n8n before 1.100 returns what the first try returned, even if a
// later one succeeded: what that one bought would be lost (seen in 1.99.1). Before 1.98, it sends
// requests for https addresses to a proxy in plain text, with the token (seen in 1.85.4 and 1.88.0).
import * as n8n from 'n8n-workflow';

/** What 1.100 has and 1.99 has not: a helper that n8n may remove, or one that came by 1.104 and stays. */
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
