import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { SEND_FILES_AS, type SendFilesAs } from '../order/files/ways';
import { CHECKS, type Check } from '../order/order';
import { count, fieldReader, mustBe, oneOf, text, usd, yesOrNo } from '../text/fields';
import { isUnset } from '../text/values';
import { GUARD_LABELS } from './labels';

/** Keys are kept in the workflow's static data, which should stay small; this is the length of Stripe's. */
const MAX_KEY = 255;

/** The options that guard what is bought, the same in every resource. */
export interface Guards {
	/** Most that one order may cost, in USD. */
	maxCostUsd?: number;
	/** Most that all items of the run may cost together, in USD. */
	maxRunCostUsd?: number;
	/** Orders with the same key are bought once. */
	idempotencyKey?: string;
	/** Whether nothing that costs money may be sent. */
	dryRun: boolean;
	/** Most requests of the run that may be at RunComfy at a time. */
	maxConcurrent?: number;
	/** How files travel to RunComfy. */
	sendFilesAs: SendFilesAs;
	/** Checks that the user skips. */
	skipChecks: Check[];
	/** What is wrong with the options themselves, a sentence each. */
	issues: string[];
}

/** Reads the guards of an item. */
export function guardsOf(context: IExecuteSingleFunctions): Guards {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const issues: string[] = [];
	const read = fieldReader(GUARD_LABELS, options, (issue) => issues.push(issue));
	return {
		maxCostUsd: read('maxCostUsd', usd),
		maxRunCostUsd: read('maxRunCostUsd', usd),
		idempotencyKey: read('idempotencyKey', text(MAX_KEY)),
		dryRun: read('dryRun', yesOrNo) ?? false,
		maxConcurrent: read('maxConcurrent', count),
		sendFilesAs: read('sendFilesAs', oneOf(SEND_FILES_AS, { lowerCase: true })) ?? 'auto',
		skipChecks: checksIn(options.skipChecks, issues),
		issues,
	};
}

function checksIn(value: unknown, issues: string[]): Check[] {
	const given = Array.isArray(value) ? value : isUnset(value) ? [] : String(value).split(',');
	const names = given.map((name) => String(name).trim().toLowerCase()).filter(Boolean);
	const unknown = names.filter((name) => !CHECKS.some((check) => check === name));
	if (unknown.length) {
		const label = `'${GUARD_LABELS.skipChecks}'`;
		issues.push(mustBe(label, `any of ${CHECKS.join(', ')}`, unknown.join(', ')));
	}
	return CHECKS.filter((check) => names.includes(check));
}
