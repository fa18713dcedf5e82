import type { Api } from '../api/client';
import { Failure } from '../api/failure';
import { ACCOUNT, at } from '../api/services';
import { now } from '../n8n/clock';
import { exactNumber } from '../text/values';
import { read, READ_DEADLINE_MS } from './read';

const MICRODOLLARS = 1_000_000;

/** `GET /prod/v2/balance`; a balance can be zero or negative. */
export interface Balance {
	balance_usd: number;
	currency: string;
}

/** Reads what is left on the account of the token. Throws a Failure when that cannot be read. */
export async function readBalance(api: Api, signal?: AbortSignal): Promise<Balance> {
	const { json = {} } = await read(at(api, ACCOUNT), ACCOUNT.balancePath, {
		subject: 'balance',
		deadline: now() + READ_DEADLINE_MS,
		signal,
		known: { submitted: 'no' },
	});
	const micro = exactNumber(json.balance_microdollars);
	const balance =
		exactNumber(json.balance_usd) ?? (micro === undefined ? undefined : micro / MICRODOLLARS);
	if (balance === undefined) {
		throw new Failure('RunComfy returned no balance', {
			submitted: 'no',
			hint: "Check 'Base URL' of the RunComfy credential, or see the balance on runcomfy.com.",
			technical: api.clean(JSON.stringify(json)),
		});
	}
	return { balance_usd: balance, currency: String(json.currency ?? 'USD') };
}
