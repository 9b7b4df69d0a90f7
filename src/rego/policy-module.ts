/** Bytes of a policy → a metered, checked and compiled module. Nothing that is not metered leaves here. */
import { Failure } from '../core/failure.ts';
import { checkModule } from './abi.ts';
import { FormatError } from './meter/byte-reader.ts';
import { meter } from './meter/meter.ts';
import { KIND, readImports, readSections, SECTION } from './meter/sections.ts';

export interface PolicyModule {
  readonly module: WebAssembly.Module;
  /** The memory that it needs at least, in pages of 64 KiB. */
  readonly memoryPages: number;
}

/** @throws Failure `bundle_invalid` when the bytes are not compiled policy */
export function loadModule(wasm: Uint8Array): PolicyModule {
  try {
    const metered = meter(wasm);
    const module = new WebAssembly.Module(metered);
    checkModule(module);
    return { module, memoryPages: memoryPages(metered) };
  } catch (reason) {
    if (reason instanceof Failure) throw reason;
    const known =
      reason instanceof FormatError || reason instanceof WebAssembly.CompileError || reason instanceof RangeError;
    const why = known ? reason.message : 'cannot be read';
    throw new Failure('bundle_invalid', `policy.wasm is not a module that can be run: ${why}`, { cause: reason });
  }
}

function memoryPages(wasm: Uint8Array): number {
  const imports = readImports(readSections(wasm).find(({ id }) => id === SECTION.import)?.content);
  const memory = imports.find((entry) => entry.kind === KIND.memory);
  if (memory === undefined) throw new FormatError('imports no memory');
  return memory.pages;
}
