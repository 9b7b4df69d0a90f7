/** A WebAssembly module as its sections, in the order of the file. */
import { ByteReader, FormatError } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

export interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

export const SECTION = { custom: 0, type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;

/** Kinds of what is imported and exported. */
export const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

const FUNCTION_TYPE = 0x60;
const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

export function readSections(wasm: Uint8Array): Section[] {
  const reader = new ByteReader(wasm);
  if (wasm.length < HEADER.length || HEADER.some((byte, at) => wasm[at] !== byte)) {
    throw new FormatError('not a WebAssembly module of version 1');
  }
  reader.skip(HEADER.length);
  const sections: Section[] = [];
  while (!reader.done) {
    const id = reader.byte();
    sections.push({ id, content: reader.part(reader.u32()).rest() });
  }
  return sections;
}

export function writeSections(sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const size = sections.reduce((total, section) => total + section.content.length + 8, HEADER.length);
  const writer = new ByteWriter(size);
  writer.put(HEADER);
  for (const { id, content } of sections) {
    writer.put([id]);
    writer.putSized(content);
  }
  return writer.written().slice();
}

interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: number;
  /** Least number of pages, of a memory. */
  readonly pages: number;
}

export function readImports(content: Uint8Array | undefined): Import[] {
  if (content === undefined) return [];
  const reader = new ByteReader(content);
  const imports: Import[] = [];
  for (let count = reader.u32(); count > 0; count--) {
    const module = reader.name();
    const name = reader.name();
    const kind = reader.byte();
    imports.push({ module, name, kind, pages: readImportType(reader, kind) });
  }
  return imports;
}

function readImportType(reader: ByteReader, kind: number): number {
  switch (kind) {
    case KIND.function:
      reader.u32();
      return 0;
    case KIND.table:
      reader.skipLeb(5);
      return readLimits(reader);
    case KIND.memory:
      return readLimits(reader);
    case KIND.global:
      reader.skip(2);
      return 0;
    default:
      throw new FormatError(`import of unknown kind ${kind}`);
  }
}

function readLimits(reader: ByteReader): number {
  const flags = reader.byte();
  if (flags > 1) throw new FormatError(`memory or table of flags ${flags}, shared or wide, is none that a policy has`);
  const least = reader.u32();
  if (flags === 1) reader.u32();
  return least;
}

/** What is imported comes first in the index spaces. */
export function importedCounts(content: Uint8Array | undefined): { functions: number; globals: number } {
  const imports = readImports(content);
  const count = (kind: number): number => imports.filter((entry) => entry.kind === kind).length;
  return { functions: count(KIND.function), globals: count(KIND.global) };
}

/** Number of parameters of each function that has code. */
export function readParameterCounts(types: Uint8Array | undefined, functions: Uint8Array | undefined): number[] {
  if (types === undefined || functions === undefined) return [];
  const reader = new ByteReader(types);
  const paramsOf: number[] = [];
  for (let count = reader.u32(); count > 0; count--) {
    if (reader.byte() !== FUNCTION_TYPE) throw new FormatError(`type ${paramsOf.length} is not a function's`);
    const params = reader.u32();
    reader.skip(params);
    reader.skip(reader.u32());
    paramsOf.push(params);
  }
  const indices = new ByteReader(functions);
  const found: number[] = [];
  for (let count = indices.u32(); count > 0; count--) {
    const index = indices.u32();
    const params = paramsOf[index];
    if (params === undefined) throw new FormatError(`function ${found.length} has type ${index}, which is not there`);
    found.push(params);
  }
  return found;
}
