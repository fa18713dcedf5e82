import { cleanUp } from '../../scripts/runtime/cleanup.mjs';

/** After all tests: what was started for them is ended. */
export default cleanUp;
