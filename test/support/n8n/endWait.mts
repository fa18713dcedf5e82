import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Server } from './server.mts';

const LONG_AGO = new Date('2026-01-01');

/** Saves everybody the minutes: n8n looks once a minute which waits are over, and as it starts. */
export function endWait({ home }: Server, executionId: string, at = LONG_AGO): void {
	const file = join(home, '.n8n', 'database.sqlite');
	const database = new DatabaseSync(file, { timeout: 10_000 });
	const over = 'UPDATE execution_entity SET waitTill = ? WHERE id = ?';
	const { changes } = database
		.prepare(over)
		.run(at.toISOString().replace('T', ' ').replace('Z', ''), executionId);
	database.close();
	expect(changes).toBe(1);
}
