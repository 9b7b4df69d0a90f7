/** Which builtins a compiled policy wants of its host, read from the policy itself: no manifest says it. */
import { Failure } from '../../core/failure.ts';

const MEMORY_PAGES = { initial: 32, maximum: 4096 };
const MAX_NAMES_BYTES = 1 << 20;

/** @throws Failure `bundle_invalid` when the module is not a compiled policy */
export function requiredBuiltins(wasm: Uint8Array): readonly string[] {
  try {
    return read(wasm);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('bundle_invalid', 'the compiled policy does not say which builtins it needs', { cause });
  }
}

function read(wasm: Uint8Array): readonly string[] {
  const memory = new WebAssembly.Memory(MEMORY_PAGES);
  const refuse = (): never => {
    throw new Failure('bundle_invalid', 'the compiled policy wants something of its host before it is asked anything');
  };
  const names = ['opa_abort', 'opa_println', ...[0, 1, 2, 3, 4].map((operands) => `opa_builtin${operands}`)];
  const env = { memory, ...Object.fromEntries(names.map((name) => [name, refuse])) };
  // A copy, since only memory of its own kind may be compiled.
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(wasm)), { env });
  const { builtins, opa_json_dump: dump } = exports;
  if (typeof builtins !== 'function' || typeof dump !== 'function') throw new Error('no export builtins');
  const address = Number(dump(Number(builtins())));
  const bytes = new Uint8Array(memory.buffer);
  const end = bytes.indexOf(0, address);
  if (end < address || end - address > MAX_NAMES_BYTES) throw new Error('the list of builtins has no end');
  const document: unknown = JSON.parse(new TextDecoder().decode(bytes.slice(address, end)));
  return Object.keys(document ?? {}).sort();
}
