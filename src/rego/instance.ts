/**
 * One instance of a policy: its memory, its data, one evaluation at a time. After any failure in `evaluate` but
 * `invalid_request`, `too_large` and `not_found` it is broken and must be thrown away: a stop in the middle leaves its memory in no state to go on.
 */
import { Failure } from '../core/failure.ts';
import { type Address, type PolicyExports, readExports } from './abi.ts';
import { createHostBuiltins } from './host-builtins.ts';
import { inputText } from './input-text.ts';
import { PAGE_BYTES, pagesFor } from './memory-size.ts';
import { FUEL_MAX } from './meter/meter.ts';
import type { Bounds } from './options.ts';
import type { PolicyModule } from './policy-module.ts';
import { failureOf, PolicyAbort } from './stopped.ts';
import { createTextMemory } from './text-memory.ts';
import { readsItsValues, writesItsValues } from './value-probe.ts';
import { createValueReader } from './value-reader.ts';
import { createValueWriter, POOL_BYTES } from './value-writer.ts';

export interface PolicyInstance {
  readonly entrypoints: ReadonlyMap<string, number>;
  /** @returns the document, `undefined` where the policy leaves it undefined */
  evaluate(entrypoint: number, input: unknown): unknown;
  /**
   * The policy's own work alone, for measurements: JSON in, JSON out through the one-shot call of the ABI.
   * @returns the address of the result's JSON; `textAt` reads it
   */
  evaluateRaw(entrypoint: number, inputJson: string): Address;
  textAt(address: Address): string;
  /** Fuel that the last evaluation took. */
  fuelUsed(): number;
  /** Memory that the data and the last evaluation took; what was touched stays with the process. */
  usedBytes(): number;
  /** What the next instance can take over when this one is broken. */
  remains(): Remains;
}

/** Memory is dear to make, and what was proven of the module stays true; nothing of the broken instance's state is kept. */
export interface Remains {
  readonly memory: WebAssembly.Memory;
  /** Below it lies what an instance takes for zero or for its own constants; behind it, what it writes before it reads. */
  readonly heapStart: Address;
  readonly layoutIsKnown: boolean;
  readonly canWrite: boolean;
}

/** Values in one result or one call's operands: more is no document but a few values that refer to each other. */
const VALUES_MAX = 500_000;

const ALIGN = 8;

/**
 * @param remains of an instance that is broken and that nobody will ask again
 * @throws Failure `bundle_invalid` when the module or the data cannot be used, `builtin_missing` when the policy calls
 *   what `bounds.builtins` lacks
 */
export function createInstance(
  policy: PolicyModule,
  dataJson: Uint8Array,
  bounds: Bounds,
  remains?: Remains,
): PolicyInstance {
  const maximum = Math.floor(bounds.memoryMaxBytes / PAGE_BYTES);
  if (policy.memoryPages > maximum) {
    throw new Failure(
      'bundle_invalid',
      `policy.wasm needs ${policy.memoryPages * PAGE_BYTES} bytes of memory, ${bounds.memoryMaxBytes} are allowed`,
    );
  }
  const memory = remains === undefined ? newMemory() : emptied(remains);
  const host = createHostBuiltins(bounds);
  const exports = instantiate(policy.module, {
    memory,
    opa_abort: (message: Address) => {
      throw new PolicyAbort(createTextMemory(memory).read(message));
    },
    opa_println: () => undefined,
    ...host.imports,
  });
  const text = createTextMemory(memory); // after the start, in which the policy asks for its size by growing by nothing

  const heapStart = exports.opa_heap_ptr_get();
  const jsonOf = (value: Address): string => text.read(exports.opa_json_dump(value));
  const loaded = loading(exports, () => {
    const entrypoints = namesAndIds(jsonOf(exports.entrypoints()));
    const builtins = namesAndIds(jsonOf(exports.builtins()));
    return { entrypoints, builtins, ...loadData() };
  });
  const reader = createValueReader(memory, { staticEnd: loaded.heap, valuesMax: VALUES_MAX, jsonOf });
  const layoutIsKnown = remains?.layoutIsKnown ?? loading(exports, () => readsItsValues(exports, text, reader));
  if (!layoutIsKnown && loaded.builtins.size > 0) {
    throw new Failure(
      'bundle_invalid',
      'policy.wasm lays out its values in a way that host builtins cannot read; compile it with OPA 1.x',
    );
  }
  const canWrite = remains?.canWrite ?? (layoutIsKnown && writerIsProven());
  const writer = canWrite ? createValueWriter(memory, loaded.pool, bounds.inputMaxBytes) : undefined;
  host.connect({ exports, text, reader, names: loaded.builtins });

  const { context, data, heap } = loaded;
  if (text.sizeBytes() - heap < bounds.inputMaxBytes * 2) {
    throw new Failure(
      'bundle_invalid',
      `policy data leaves no room for an input in ${bounds.memoryMaxBytes} bytes of memory`,
    );
  }
  const { fuel } = exports;
  let entrypointSet = -1;
  let evaluating = false;

  function loadData(): { data: Address; context: Address; pool: Address; heap: Address } {
    const source = exports.opa_malloc(dataJson.length);
    text.writeBytes(dataJson, source);
    const value = exports.opa_value_parse(source, dataJson.length);
    if (value === 0) throw new PolicyAbort('it is not JSON');
    exports.opa_free(source);
    const evaluationContext = exports.opa_eval_ctx_new();
    exports.opa_eval_ctx_set_data(evaluationContext, value);
    const pool = aligned(exports.opa_malloc(POOL_BYTES + ALIGN));
    return { data: value, context: evaluationContext, pool, heap: aligned(exports.opa_heap_ptr_get()) };
  }

  function newMemory(): WebAssembly.Memory {
    const pages = pagesFor(dataJson, bounds.inputMaxBytes, policy.memoryPages, maximum);
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  }

  function writerIsProven(): boolean {
    // The probe has a pool of its own, behind the heap's start: what lies before it is read once and known from then on.
    exports.opa_heap_ptr_set(loaded.heap + POOL_BYTES);
    const proving = createValueWriter(memory, loaded.heap, Number.MAX_SAFE_INTEGER);
    return loading(exports, () => writesItsValues(exports, text, reader, proving));
  }

  /** Puts the text before the heap, and the heap behind it. */
  function place(json: string): number {
    const sizeBytes = text.write(json, heap);
    exports.opa_heap_ptr_set(aligned(heap + sizeBytes));
    return sizeBytes;
  }

  /** @returns 0 where there is no input document */
  function inputValue(input: unknown): Address {
    if (input === undefined) {
      exports.opa_heap_ptr_set(heap);
      return 0;
    }
    const written = writer?.write(input, heap) ?? 0;
    if (written !== 0) {
      exports.opa_heap_ptr_set(writer?.end() ?? heap);
      return written;
    }
    const parsed = exports.opa_value_parse(heap, place(inputText(input, bounds.inputMaxBytes)));
    if (parsed === 0) throw new Failure('internal', 'input is not JSON');
    return parsed;
  }

  function run(entrypoint: number, input: unknown): Address {
    exports.opa_eval_ctx_set_input(context, inputValue(input));
    if (entrypoint !== entrypointSet) {
      exports.opa_eval_ctx_set_entrypoint(context, entrypoint);
      entrypointSet = entrypoint;
    }
    if (exports.eval(context) !== 0) throw new PolicyAbort('eval failed');
    return exports.opa_eval_ctx_get_result(context);
  }

  return {
    entrypoints: loaded.entrypoints,
    evaluate(entrypoint, input) {
      if (evaluating) throw new Failure('internal', 'a builtin asked for an evaluation inside an evaluation');
      evaluating = true;
      fuel.value = bounds.fuel;
      host.begin(input);
      try {
        const resultSet = run(entrypoint, input);
        // The result set: none, or one object whose `result` is the document.
        const results = layoutIsKnown ? reader.result(resultSet) : JSON.parse(jsonOf(resultSet));
        return results[0]?.result;
      } catch (reason) {
        throw failureOf(reason, fuel.value, bounds.memoryMaxBytes);
      } finally {
        evaluating = false;
        reader.takeCount();
      }
    },
    evaluateRaw(entrypoint, inputJson) {
      fuel.value = bounds.fuel;
      const sizeBytes = place(inputJson);
      return exports.opa_eval(0, entrypoint, data, heap, sizeBytes, aligned(heap + sizeBytes), 0);
    },
    textAt: (address) => text.read(address),
    fuelUsed: () => bounds.fuel - fuel.value,
    usedBytes: () => exports.opa_heap_ptr_get(),
    remains: () => ({ memory, heapStart, layoutIsKnown, canWrite }),
  };
}

function aligned(address: Address): Address {
  return Math.ceil(address / ALIGN) * ALIGN;
}

/** A new instance puts its constants back; the rest of what is static must be zero. */
function emptied({ memory, heapStart }: Remains): WebAssembly.Memory {
  Buffer.from(memory.buffer).fill(0, 0, heapStart);
  return memory;
}

function instantiate(module: WebAssembly.Module, env: WebAssembly.ModuleImports): PolicyExports {
  try {
    return readExports(new WebAssembly.Instance(module, { env }));
  } catch (reason) {
    if (reason instanceof Failure) throw reason;
    const why = reason instanceof Error ? reason.message : 'it stopped while starting';
    throw new Failure('bundle_invalid', `policy.wasm cannot be started: ${why}`, { cause: reason });
  }
}

/** What goes wrong before the first evaluation is the bundle's fault. */
function loading<Loaded>(exports: PolicyExports, load: () => Loaded): Loaded {
  exports.fuel.value = FUEL_MAX;
  try {
    return load();
  } catch (reason) {
    if (reason instanceof Failure) throw reason;
    const why = reason instanceof Error ? reason.message : 'it stopped';
    throw new Failure('bundle_invalid', `policy data cannot be loaded: ${why}`, { cause: reason });
  }
}

function namesAndIds(json: string): ReadonlyMap<string, number> {
  return new Map(Object.entries<number>(JSON.parse(json)));
}
