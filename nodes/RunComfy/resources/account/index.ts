import type { Resource } from '../shared/resource';
import { routing } from '../shared/routing';

/** The RunComfy account that the credential belongs to. */
export const account: Resource = {
	name: 'Account',
	value: 'account',
	operations: [
		{
			name: 'Get Balance',
			value: 'getBalance',
			action: 'Get account balance',
			description: 'Read how much credit is left, in USD',
			routing: routing(async () => (await import('../../operations/getBalance')).getBalance),
		},
	],
	defaultOperation: 'getBalance',
	fields: [],
	subtitle: '""',
};
