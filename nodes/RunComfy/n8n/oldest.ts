// Before 1.98, n8n sends a proxy in plain text what is meant for an https address, the token too (seen in 1.85.4
// and 1.88.0); before 1.85, n8n-workflow has no NodeConnectionTypes. Rerankers came with 1.98 as well, and saved
// workflows go on to need them, so a newer n8n is not taken for an old one. Of 1.98 and 1.99, only 1.99.1 was tried.
import { NodeConnectionTypes } from 'n8n-workflow';

/** Throws on an n8n that is too old for this node, in words that n8n shows where it fails to load. */
export function refuseOldN8n(): void {
	const types: Partial<typeof NodeConnectionTypes> | undefined = NodeConnectionTypes;
	if (types?.AiReranker) return;
	throw new Error('RunComfy needs n8n 1.99 or newer, and this n8n is older. Update n8n.');
}
