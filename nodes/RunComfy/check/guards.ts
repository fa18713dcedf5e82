import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { SEND_FILES_AS, type SendFilesAs } from '../order/files/ways';
import { CHECKS, type Check } from '../order/order';
import { exactBoolean, exactNumber, isUnset, preview } from '../text/values';

/** Keys are kept in the workflow's static data, which should stay small; as long as Stripe's. */
const MAX_KEY = 255;

/** The options that guard what is bought, the same in every resource. */
export interface Guards {
	/** Most that one order may cost, in USD. */
	maxCostUsd?: number;
	/** Most that all items of the run may cost together, in USD. */
	maxRunCostUsd?: number;
	/** Orders with the same key are bought once. */
	idempotencyKey?: string;
	/** Whether nothing is to be sent that costs. */
	dryRun: boolean;
	/** Most requests of the run that may be at RunComfy at a time. */
	maxConcurrent?: number;
	/** How files travel to RunComfy. */
	sendFilesAs: SendFilesAs;
	/** Checks that the user takes on himself. */
	skipChecks: Check[];
	/** What is wrong with the options themselves, a sentence each. */
	issues: string[];
}

/** Reads the guards of an item. */
export function guardsOf(context: IExecuteSingleFunctions): Guards {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const issues: string[] = [];
	const usd = (label: string, value: unknown): number | undefined => {
		if (isUnset(value)) return undefined;
		const amount = exactNumber(value);
		if (amount !== undefined && amount > 0) return amount;
		issues.push(`${label} must be a number above 0 (got '${preview(value)}')`);
		return undefined;
	};
	const count = (label: string, value: unknown): number | undefined => {
		if (isUnset(value)) return undefined;
		const whole = exactNumber(value);
		if (whole !== undefined && Number.isInteger(whole) && whole >= 1) return whole;
		issues.push(`${label} must be a whole number above 0 (got '${preview(value)}')`);
		return undefined;
	};
	const dryRun = isUnset(options.dryRun) ? false : exactBoolean(options.dryRun);
	if (dryRun === undefined)
		issues.push(`'Dry Run' must be true or false (got '${preview(options.dryRun)}')`);
	return {
		maxCostUsd: usd("'Maximum Cost (USD)'", options.maxCostUsd),
		maxRunCostUsd: usd("'Maximum Run Cost (USD)'", options.maxRunCostUsd),
		idempotencyKey: keyIn(options.idempotencyKey, issues),
		dryRun: dryRun ?? false,
		maxConcurrent: count("'Maximum Concurrent Requests'", options.maxConcurrent),
		sendFilesAs: sendFilesAsIn(options.sendFilesAs, issues),
		skipChecks: checksIn(options.skipChecks, issues),
		issues,
	};
}

function keyIn(value: unknown, issues: string[]): string | undefined {
	if (isUnset(value)) return undefined;
	const key = String(value).trim();
	if (typeof value !== 'object' && key.length <= MAX_KEY) return key;
	issues.push(
		`'Idempotency Key' must be text of at most ${MAX_KEY} characters (got '${preview(value)}')`,
	);
	return undefined;
}

function sendFilesAsIn(value: unknown, issues: string[]): SendFilesAs {
	const text = isUnset(value) ? 'auto' : String(value).trim().toLowerCase();
	const known = SEND_FILES_AS.find((way) => way === text);
	if (!known) {
		issues.push(
			`'Send Files As' must be one of ${SEND_FILES_AS.join(', ')} (got '${preview(value)}')`,
		);
	}
	return known ?? 'auto';
}

function checksIn(value: unknown, issues: string[]): Check[] {
	const given = Array.isArray(value) ? value : isUnset(value) ? [] : String(value).split(',');
	const names = given.map((name) => String(name).trim().toLowerCase()).filter(Boolean);
	const unknown = names.filter((name) => !CHECKS.some((check) => check === name));
	if (unknown.length) {
		issues.push(
			`'Skip Checks' must be any of ${CHECKS.join(', ')} (got '${preview(unknown.join(', '))}')`,
		);
	}
	return CHECKS.filter((check) => names.includes(check));
}
