/**
 * Runs the compiler's WebAssembly in a process of its own: `node host.ts <compiler.wasm>`, requests on standard input,
 * answers on standard output, one JSON line each. Ends when its input does. It gives the module no folder and no
 * environment. It must not touch `process.stdin` or `process.stdout`: the module blocks on those descriptors.
 */
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

/** What is used of the global, which TypeScript knows only as part of a browser. */
interface WebAssemblyHost {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
}
// Node has had the global since version 8; only its declaration is missing.
const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyHost };

const wasmPath = process.argv[2];
if (wasmPath === undefined) throw new Error('usage: host <compiler.wasm>');
const wasi = new WASI({ version: 'preview1', args: ['compiler'], env: {}, returnOnExit: true });
const module = await WebAssembly.compile(readFileSync(wasmPath));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport }));
