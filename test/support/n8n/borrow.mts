import { once } from 'node:events';
import type { createInstance } from '../../../scripts/runtime/instance.mjs';

/** A running n8n, and how its owner logs in. */
export interface LentN8n {
	instance: Awaited<ReturnType<typeof createInstance>>;
	owner: { email: string; password: string };
}

/** Asks the test runner for an n8n, which it gets back when this process ends. */
export async function borrowN8n(): Promise<LentN8n> {
	process.send!({ wants: 'n8n' });
	const [{ lent, error }] = await once(process, 'message');
	if (error) throw new Error(error);
	return lent;
}
