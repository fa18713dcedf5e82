import { ensureBuilt } from '../../scripts/runtime/package.mjs';

/** Before the tests that need nothing but `npm ci`: the package is built. */
export default ensureBuilt;
