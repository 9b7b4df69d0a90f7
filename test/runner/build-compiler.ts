/** Builds the policy compiler, or finds it in the cache: once, before the suites that need it. */
import { locateCompiler } from '../../src/policy/compiler/artifact.ts';

let phase = '';
const path = await locateCompiler({
  onProgress: (progress) => {
    if (progress.phase !== phase) process.stderr.write(`${progress.phase}\n`);
    phase = progress.phase;
  },
}).path();
process.stdout.write(`${path}\n`);
