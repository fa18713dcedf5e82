import { readBalance } from '../reads/balance';
import { perItem } from './perItem';

/** Get Balance: what is left on the account. */
export const getBalance = perItem(async ({ index, signal, connected }) => {
	const { api } = await connected();
	const balance = await readBalance(api, signal);
	return [{ json: { ...balance }, pairedItem: { item: index } }];
});
