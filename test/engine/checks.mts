import {
	INPUT,
	play,
	type ErrorJson,
	type ON_ERROR,
	type Played,
	type Scenario,
} from './scenario.mts';

type OnError = (typeof ON_ERROR)[number];

const ERROR_KEYS = [
	'message',
	'request_id',
	'status',
	'video_url',
	'output',
	'error_code',
	'http_status',
	'order',
	'submitted',
];

/** The rows of a run: those with a result, and those with an error, which are checked for their shape. */
export function outcomes({ items, errorItems }: Played) {
	const rows = [...items, ...errorItems];
	const good = rows.filter(({ json }) => !('error' in json));
	expect(errorItems.every(({ json }) => 'error' in json)).toBe(true);
	const bad = rows
		.filter(({ json }) => 'error' in json)
		.map(({ json, pairedItem }) => {
			// n8n adds the fields of the input item in the error output.
			const own = Object.keys(json).filter((key) => !(key in INPUT));
			// Nothing stands beside the error.
			expect(own).toStrictEqual(['error']);
			// The row is paired with its input item.
			expect(pairedItem).toBeTruthy();
			const error = json.error as unknown as ErrorJson;
			const odd = Object.keys(error).filter((key) => !ERROR_KEYS.includes(key));
			expect(odd).toStrictEqual([]);
			expect(['no', 'yes', 'unknown']).toContain(error.submitted);
			if (error.request_id) expect(error.message).toContain(error.request_id);
			return error;
		});
	return { good, bad };
}

/** Checks where the failure of a run with one item landed, and gives the error row if there is one. */
export function onlyError(played: Played, onError: OnError): ErrorJson | undefined {
	const { items, errorItems, error } = played;
	const { good, bad } = outcomes(played);
	expect(good).toHaveLength(0);
	const where = { stop: Boolean(error), regular: items.length, error: errorItems.length };
	expect(where).toStrictEqual({
		stop: onError === 'stopWorkflow',
		regular: onError === 'continueRegularOutput' ? 1 : 0,
		error: onError === 'continueErrorOutput' ? 1 : 0,
	});
	return bad[0];
}

/**
 * Checks that every request bought is in what the user gets, and in the log. `unconfirmed` submits
 * may have been bought without anyone but RunComfy knowing their IDs.
 */
export function tellsEverythingBought(played: Played, unconfirmed = 0): void {
	const { items, errorItems, error, ids, log } = played;
	const rows = [...items, ...errorItems].map(({ json }) => json);
	const told = JSON.stringify([rows, error?.message, error?.description]);
	const untold = ids.filter((id) => !told.includes(id));
	expect(untold.length).toBeLessThanOrEqual(unconfirmed);
	const unlogged = ids.filter((id) => !log.includes(`RunComfy: bought request ${id}`));
	expect(unlogged.length).toBeLessThanOrEqual(unconfirmed);
}

/** Plays a scenario whose one request was bought and ends in an error, and checks what is told of it. */
export async function endsInError(
	scenario: Scenario,
	onError: OnError,
	{ says, status }: { says: RegExp; status: string },
): Promise<void> {
	const played = await play({ ...scenario, settings: { onError } });
	const error = onlyError(played, onError);
	const { message, description } = played.error ?? {};
	expect(error?.message ?? `${message} ${description}`).toMatch(says);
	expect(error?.message ?? `${message}`).toContain(played.ids[0]);
	if (error) expect([error.request_id, error.status]).toStrictEqual([played.ids[0], status]);
	if (scenario.operation === 'generate') tellsEverythingBought(played);
}
