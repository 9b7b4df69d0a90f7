/**
 * Whether a module lays its values out as `value-reader.ts` and `value-writer.ts` think: the same values, made and read both
 * ways, must be equal.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Address, PolicyExports } from './abi.ts';
import type { TextMemory } from './text-memory.ts';
import type { ValueReader } from './value-reader.ts';
import type { ValueWriter } from './value-writer.ts';

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

/** To be asked only of a module that `readsItsValues`. */
export function writesItsValues(
  exports: PolicyExports,
  text: TextMemory,
  reader: ValueReader,
  writer: ValueWriter,
): boolean {
  const heap = exports.opa_heap_ptr_get();
  try {
    return WRITTEN.every((document) => {
      const written = writer.write(document, heap);
      if (written === 0) return false;
      exports.opa_heap_ptr_set(writer.end());
      const parsed = parse(exports, text, JSON.stringify(document));
      // In text, since the order of keys is the order of buckets: it tells hashes and sizes apart.
      return [
        reader.result(written),
        reader.result(parsed),
        JSON.parse(text.read(exports.opa_json_dump(written))),
      ].every((value) => JSON.stringify(value) === JSON.stringify(reader.result(parsed)));
    });
  } catch {
    return false;
  } finally {
    exports.opa_heap_ptr_set(heap);
    reader.takeCount();
  }
}

/** Objects of every size up to two growths, among others. */
const WRITTEN: readonly unknown[] = [
  JSON.parse(PROBE),
  ...Array.from({ length: 26 }, (_, size) =>
    Object.fromEntries(
      Array.from({ length: size }, (_unused, index) => [`${'k'.repeat(index % 5)}${index * 7919}-ключ`, index]),
    ),
  ),
];

function parse(exports: PolicyExports, text: TextMemory, source: string): Address {
  const sizeBytes = Buffer.byteLength(source);
  const at = exports.opa_malloc(sizeBytes);
  text.write(source, at);
  return exports.opa_value_parse(at, sizeBytes);
}
