import { isBefore } from '../../scripts/runtime/n8n.mjs';

/** Leads the node and n8n-core to one n8n-workflow. */
const imports = ['./test/engine/register.mjs'];
/** The engine is n8n-core of `node_modules`, unless another n8n is asked for. */
const anotherN8n = Boolean(process.env.RUNCOMFY_TEST_N8N_VERSION);

/**
 * The lanes of tests, each a folder: how long a test and a file may take, in ms, whether n8n has to be installed, and
 * whether files run in one process after another, which is faster where they leave nothing behind.
 */
export const LANES = {
	unit: { testMs: 30_000, fileMs: 120_000, needsN8n: false, sharesProcess: true },
	verification: { testMs: 60_000, fileMs: 180_000, needsN8n: false, imports },
	engine: { testMs: 120_000, fileMs: 900_000, needsN8n: anotherN8n, imports },
	e2e: { testMs: 240_000, fileMs: 900_000, needsN8n: true },
};

/** Tests that are left out on an n8n before the version that stands beside them. */
const NEEDS = [
	// Older editors look different; that of 2.15.1 is like today's.
	['/editor\\.test\\.mts$', '2.15'],
	// Up to 2.15.1, the search goes away under whoever types when a list cannot be read.
	['/modelForm\\.test\\.mts$', '2.30'],
	// The queue mode of n8n 1 cannot keep files in the database.
	['/queue\\w*\\.test\\.mts$', '2.0'],
	// Before, an execution does not name what it bought.
	['/queueMissing\\.test\\.mts$', '2.16'],
	// Up to 1.105.4, n8n does not run declarative nodes with live lists as tools; 1.109.0 does.
	['/(agents|aiTool)\\.test\\.mts$', '1.109'],
	// The example workflows have versions of nodes that 2.0.3 does not know.
	['/examples/', '2.15'],
	// The HTTP Request node of 2.15.1 sends a clip and never ends the request; that of 2.30.8 does.
	['/webhookOrder', '2.30'],
];

/** The paths of tests that the n8n which is tested cannot run, as regular expressions. */
export const leftOut = () => NEEDS.filter(([, n8n]) => isBefore(n8n)).map(([tests]) => tests);
