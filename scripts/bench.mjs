import { runProgram } from './runtime/program.mjs';

await runProgram('bench', 'main.mts');
