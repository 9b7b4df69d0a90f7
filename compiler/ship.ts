/** Puts the compiler into the package: `dist/compiler.wasm.gz`, so that whoever installs it needs no Go. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { locateCompiler } from '../src/policy/compiler/artifact.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'dist', 'compiler.wasm.gz');

let phase = '';
const artifact = locateCompiler({
  packageRoot: root,
  onProgress: (progress) => {
    if (progress.phase !== phase) process.stderr.write(`compiler: ${progress.phase}\n`);
    phase = progress.phase;
  },
});
const wasm = await readFile(await artifact.path());
process.stderr.write(`compiler: packing ${(wasm.length / 2 ** 20).toFixed(1)} MiB\n`);
const packed = await promisify(gzip)(wasm, { level: constants.Z_BEST_COMPRESSION });
await mkdir(join(root, 'dist'), { recursive: true });
await writeFile(`${target}.draft`, packed);
await rename(`${target}.draft`, target);
process.stderr.write(`${target}: ${(packed.length / 2 ** 20).toFixed(1)} MiB\n`);
