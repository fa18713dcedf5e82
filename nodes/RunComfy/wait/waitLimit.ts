import { now } from '../n8n/clock';
import { msUntilTimeout } from '../n8n/executionEnd';
import { isToolCall } from '../n8n/items';
import type { Entered } from '../run/item';
import type { WaitOptions } from './waitOptions';

/** MCP clients give up on a tool after 60 s and call it again. */
const TOOL_ANSWER_MS = 50_000;
/** The wait ends this much before n8n would end the execution, so that n8n still takes the output. */
const BEFORE_TIMEOUT_MS = 5_000;

type Call = Pick<Entered, 'context' | 'calledAt'>;

/** Milliseconds until a tool has to answer; undefined where nobody gives up. */
export function msUntilAnswer({ context, calledAt }: Call): number | undefined {
	return isToolCall(context) ? Math.max(0, calledAt + TOOL_ANSWER_MS - now()) : undefined;
}

/** The options of a wait that begins now, with its timeout shortened to what n8n and its callers wait for. */
export function limitedWait(call: Call, options: WaitOptions): WaitOptions {
	const untilTimeout = msUntilTimeout(call.context);
	const limits = [
		{ timeoutMs: options.timeoutMs },
		...(untilTimeout === undefined
			? []
			: [{ timeoutMs: Math.max(0, untilTimeout - BEFORE_TIMEOUT_MS), endsBefore: 'n8n' } as const]),
		...(options.isTimeoutSet ? [] : [{ timeoutMs: msUntilAnswer(call) ?? Infinity }]),
	];
	const [shortest] = limits.sort((one, other) => one.timeoutMs - other.timeoutMs);
	return { ...options, ...shortest };
}
