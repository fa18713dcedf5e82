import { readModel } from '../reads/catalogue';
import { READ_DEADLINE_MS } from '../reads/read';
import type { ModelEntry } from '../api/types';
import { now } from '../n8n/clock';
import type { Item } from '../run/item';

/** The catalogue's record of a model, read once in a run. Throws a Failure when it cannot be read. */
export async function modelEntry(
	{ api, run, signal }: Pick<Item, 'api' | 'run' | 'signal'>,
	modelId: string,
	deadlineMs = READ_DEADLINE_MS,
): Promise<ModelEntry> {
	let entry = run.models.get(modelId);
	if (!entry) {
		entry = readModel(api, modelId, { deadline: now() + deadlineMs, signal });
		// A retry of the node asks again.
		entry.catch(() => run.models.delete(modelId));
		run.models.set(modelId, entry);
	}
	return await entry;
}
