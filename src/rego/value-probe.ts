/** Whether a module lays its values out as `value-reader.ts` reads them: the same value, read both ways, must be equal. */
import { isDeepStrictEqual } from 'node:util';
import type { Address, PolicyExports } from './abi.ts';
import type { TextMemory } from './text-memory.ts';
import type { ValueReader } from './value-reader.ts';

/** Every kind of value, in containers that need more than one bucket or have grown. */
const PROBE = JSON.stringify({
  none: null,
  flags: [true, false],
  numbers: [0, -1, 12_345, 0.25, -1.5e-7, 1e21, 9_007_199_254_740_991],
  texts: ['', 'a', 'line\nbreak "quoted" \\', 'ümläut', '漢字', '🚦', 'x'.repeat(300)],
  nested: { empty: {}, none: [], deep: [[[{ a: { b: [null] } }]]] },
  ...Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key-${index}`, index])),
});

export function readsItsValues(exports: PolicyExports, text: TextMemory, reader: ValueReader): boolean {
  const heap = exports.opa_heap_ptr_get();
  try {
    const entrypoints = exports.entrypoints();
    const pairs: [Address, unknown][] = [
      [parse(exports, text, PROBE), JSON.parse(PROBE)],
      [parse(exports, text, '{3, 1, 2}'), [1, 2, 3]],
      [entrypoints, JSON.parse(text.read(exports.opa_json_dump(entrypoints)))],
    ];
    return pairs.every(([value, expected]) => isDeepStrictEqual(reader.result(value), expected));
  } catch {
    return false; // another layout leads anywhere: out of the memory, to a type that does not exist, to a trap
  } finally {
    exports.opa_heap_ptr_set(heap);
    reader.takeCount();
  }
}

function parse(exports: PolicyExports, text: TextMemory, source: string): Address {
  const sizeBytes = Buffer.byteLength(source);
  const at = exports.opa_malloc(sizeBytes);
  text.write(source, at);
  return exports.opa_value_parse(at, sizeBytes);
}
