import { isModelId } from '../api/ids';
import type { Finding, PreparedOrder } from '../order/order';
import { combines } from '../run/combined';
import type { Entered, Item, OrderOf } from '../run/item';
import { fingerprintOf } from '../run/repeats/fingerprint';
import { mustBe } from '../text/fields';
import { checkPrice } from './costLimit';
import { guardsOf } from './guards';
import { waysOf } from './ways';

/** A shorter timeout was probably meant in seconds. It would lose the answer to a submit that is paid for. */
const MIN_TIMEOUT_MS = 1_000;
/** A day; timers of more than 24.8 days (2^31 - 1 ms) fire immediately. */
const MAX_TIMEOUT_MS = 86_400_000;

/**
 * Has the resource describe one order, and guards it whatever it is: model ID, timeout, how its
 * files travel, and the price when a limit is set. Buys nothing. `issues` are the operation's own;
 * `isToBuy` is false for an estimate, which limits on the price and the dry run do not concern.
 */
export async function prepare(
	entered: Entered,
	orderOf: OrderOf,
	issues: string[],
	isToBuy = true,
): Promise<PreparedOrder> {
	const item = await entered.connected();
	const { context, index, api } = item;
	const guards = guardsOf(context);
	const order = await orderOf(item);
	// RunComfy refused these files inside the request.
	const sendFilesAs = entered.entry.dataRefused ? 'link' : guards.sendFilesAs;
	const isSkipped = ({ check }: Finding) => check && guards.skipChecks.includes(check);
	const {
		files,
		linked,
		findings: wayFindings,
	} = await waysOf(item, order, { ...guards, sendFilesAs });
	const found = [
		...findings([...issues, modelIssue(order.target), timeoutIssue(api.settings.timeout)]),
		...findings([...guards.issues, executeOnceIssue(context)]),
		...order.issues,
		...wayFindings,
	].map((finding) => ({ ...finding, item: finding.item ?? index }));
	// Noted before anything is sent, so that an error can name the order.
	const fingerprint = (entered.entry.fingerprint = fingerprintOf(item, order));
	const prepared: PreparedOrder = {
		...order,
		sendFilesAs,
		files,
		linked,
		fingerprint,
		idempotencyKey: guards.idempotencyKey,
		warnings: [...order.warnings, ...found.filter(isSkipped).map(({ text }) => `${text}.`)],
		issues: found.filter((finding) => !isSkipped(finding)),
		dryRun: isToBuy && guards.dryRun,
		maxConcurrent: guards.maxConcurrent,
	};
	// An order that cannot be sent needs no price.
	if (!isToBuy || prepared.issues.length) return prepared;
	const { cost, issue, notice } = await checkPrice(item, prepared, guards);
	if (issue) prepared.issues.push({ item: index, text: issue });
	if (notice) prepared.warnings.unshift(notice);
	return { ...prepared, cost, maxRunCostUsd: guards.maxRunCostUsd };
}

const findings = (texts: Array<string | undefined>): Finding[] =>
	texts.flatMap((text) => (text ? [{ text }] : []));

/** n8n hands over the first item only, so the others could not be part of anything. */
function executeOnceIssue(context: Item['context']): string | undefined {
	const count = context.getExecuteData().data.main?.[0]?.length ?? 0;
	return context.getNode().executeOnce && count > 1 && combines({ context })
		? `'Execute Once' under Settings leaves out ${count - 1} of ${count} items, but 'Input Items' is One Video From All Items. Turn 'Execute Once' off`
		: undefined;
}

function modelIssue(modelId: string): string | undefined {
	return isModelId(modelId)
		? undefined
		: mustBe(
				"'Model'",
				'a model ID such as kling/kling-video-o3/standard/reference-to-video',
				modelId,
			);
}

function timeoutIssue(timeout: number): string | undefined {
	if (timeout >= MIN_TIMEOUT_MS && timeout <= MAX_TIMEOUT_MS) return undefined;
	const given = Number.isNaN(timeout) ? 'no number' : timeout;
	return `'Timeout' under 'Request Options' must be ${MIN_TIMEOUT_MS} to ${MAX_TIMEOUT_MS} milliseconds, where 60000 is a minute (got ${given})`;
}
