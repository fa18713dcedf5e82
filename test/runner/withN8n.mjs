import { ensureHome } from '../../scripts/runtime/home.mjs';
import { ensureN8n } from '../../scripts/runtime/n8n.mjs';
import { ensureBuilt, packOnce } from '../../scripts/runtime/package.mjs';

/** Before the tests that need n8n: it is installed, which takes minutes the first time. */
export default async function withN8n() {
	await ensureBuilt();
	const folder = await ensureN8n();
	await ensureHome();
	process.env.RUNCOMFY_TEST_TARBALL = await packOnce();
	if (process.env.RUNCOMFY_TEST_N8N_VERSION) process.env.RUNCOMFY_TEST_N8N = folder;
}
