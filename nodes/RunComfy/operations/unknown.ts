import { Failure } from '../api/failure';
import { mustBe } from '../text/fields';
import { perItem } from './perItem';

/**
 * Refuses an operation or resource that does not exist, or that an expression names: n8n would run none,
 * send GET to the base URL with the token, and return what comes as a success (n8n 2.41.1). `known` are the
 * operations of each resource.
 */
export const unknown = (known: Record<string, string[]>) =>
	perItem(async ({ context }) => {
		const { resource, operation } = context.getNode().parameters;
		const operations = known[String(resource)];
		const [label, given, allowed] = operations
			? ["'Operation'", operation, operations]
			: ["'Resource'", resource, Object.keys(known)];
		const isExpression = String(given).includes('{{');
		throw new Failure(mustBe(label, `one of ${allowed.join(', ')}`, given), {
			submitted: 'no',
			hint: isExpression
				? 'n8n takes no expression here: use a node for each operation, behind an IF or Switch node.'
				: 'Choose it in the form again. Nothing was sent.',
		});
	});
