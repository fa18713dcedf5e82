import { runProgram } from './runtime/program.mjs';

await runProgram('soak', 'main.mts');
