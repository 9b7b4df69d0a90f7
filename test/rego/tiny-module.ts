/** WebAssembly modules of one function, written by hand: what no compiler of policy would make. */

const section = (id: number, content: readonly number[]): number[] => [id, ...leb(content.length), ...content];

const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)]);

const text = (value: string): number[] => [value.length, ...Buffer.from(value)];

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/**
 * A module that exports `run`, of no parameters and no result.
 * @param code instructions, without the final `end`
 */
export function tinyModule(code: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = [0, ...code, 0x0b];
  return Uint8Array.of(
    ...HEADER,
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('run'), 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  );
}

/** A module that exports global numbers, such as versions, and functions of no meaning. */
export function exportingModule(
  functions: readonly string[],
  globals: Readonly<Record<string, number>>,
  imports: readonly (readonly [module: string, name: string])[] = [['env', 'memory']],
): Uint8Array<ArrayBuffer> {
  const names = Object.entries(globals);
  const imported = imports.flatMap(([module, name]) =>
    name === 'memory' ? [...text(module), ...text(name), 2, 0, 1] : [...text(module), ...text(name), 0, 0],
  );
  const importedFunctions = imports.filter(([, name]) => name !== 'memory').length;
  return Uint8Array.of(
    ...HEADER,
    ...section(1, [1, 0x60, 0, 0]),
    ...section(2, [imports.length, ...imported]),
    ...section(3, [1, 0]),
    ...section(6, [names.length, ...names.flatMap(([, value]) => [0x7f, 0, 0x41, value, 0x0b])]),
    ...section(7, [
      functions.length + names.length,
      ...functions.flatMap((name) => [...text(name), 0, importedFunctions]),
      ...names.flatMap(([name], index) => [...text(name), 3, index]),
    ]),
    ...section(10, [1, 2, 0, 0x0b]),
  );
}
