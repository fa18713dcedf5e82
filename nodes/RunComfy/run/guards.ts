import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { CHECKS, type Check } from '../order/order';
import { exactNumber, isUnset, preview } from '../text/values';

/** The options that guard what is bought, the same in every resource. */
export interface Guards {
	/** Most that one order may cost, in USD. */
	maxCostUsd?: number;
	/** Most that all items of the run may cost together, in USD. */
	maxRunCostUsd?: number;
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
	return {
		maxCostUsd: usd("'Maximum Cost (USD)'", options.maxCostUsd),
		maxRunCostUsd: usd("'Maximum Run Cost (USD)'", options.maxRunCostUsd),
		skipChecks: checksIn(options.skipChecks, issues),
		issues,
	};
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
