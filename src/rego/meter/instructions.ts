/**
 * Passes over one instruction with its immediates: WebAssembly 1.0, sign extension, saturating conversion, bulk memory and
 * reference types. Everything else (vectors, threads, exceptions, tail calls) is a `FormatError`: compiled policy has none
 * of it, and what cannot be read cannot be metered.
 */
import { type ByteReader, FormatError } from './byte-reader.ts';

export const OPCODE = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  branchTable: 0x0e,
  call: 0x10,
  localGet: 0x20,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i32LessSigned: 0x48,
  i32Sub: 0x6b,
} as const;

/** Immediates after the opcode, by opcode; `undefined` where there is no such instruction for us. */
const IMMEDIATES: readonly (Immediate | undefined)[] = Array.from({ length: 256 }, (_, opcode) => immediateOf(opcode));

type Immediate =
  | 'none'
  | 'index'
  | 'two_indices'
  | 'branch_table'
  | 'types'
  | 'block'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'bulk';

/** @returns the opcode */
export function skipInstruction(reader: ByteReader): number {
  const start = reader.at;
  const opcode = reader.byte();
  const immediate = IMMEDIATES[opcode];
  switch (immediate) {
    case 'none':
      return opcode;
    case 'index':
    case 'i32':
    case 'block':
      reader.skipLeb(5);
      return opcode;
    case 'two_indices':
      reader.skipLeb(5);
      reader.skipLeb(5);
      return opcode;
    case 'i64':
      reader.skipLeb(10);
      return opcode;
    case 'f32':
      reader.skip(4);
      return opcode;
    case 'f64':
      reader.skip(8);
      return opcode;
    case 'branch_table':
      for (let count = reader.u32() + 1; count > 0; count--) reader.skipLeb(5);
      return opcode;
    case 'types':
      reader.skip(reader.u32());
      return opcode;
    case 'bulk':
      skipBulk(reader, start);
      return opcode;
    case undefined:
      throw new FormatError(`instruction 0x${opcode.toString(16)} at byte ${start} is none that a policy has`);
  }
}

function immediateOf(opcode: number): Immediate | undefined {
  if (opcode === 0x00 || opcode === 0x01 || opcode === 0x05 || opcode === 0x0b || opcode === 0x0f) return 'none';
  if (opcode >= 0x02 && opcode <= 0x04) return 'block';
  if (opcode === 0x0c || opcode === 0x0d || opcode === 0x10) return 'index';
  if (opcode === 0x0e) return 'branch_table';
  if (opcode === 0x11) return 'two_indices';
  if (opcode === 0x1a || opcode === 0x1b) return 'none';
  if (opcode === 0x1c) return 'types';
  if (opcode >= 0x20 && opcode <= 0x26) return 'index';
  if (opcode >= 0x28 && opcode <= 0x3e) return 'two_indices';
  if (opcode === 0x3f || opcode === 0x40) return 'index';
  if (opcode === 0x41) return 'i32';
  if (opcode === 0x42) return 'i64';
  if (opcode === 0x43) return 'f32';
  if (opcode === 0x44) return 'f64';
  if (opcode >= 0x45 && opcode <= 0xc4) return 'none';
  if (opcode === 0xd0 || opcode === 0xd2) return 'index';
  if (opcode === 0xd1) return 'none';
  if (opcode === 0xfc) return 'bulk';
  return undefined;
}

/** Number of indices after each instruction of the 0xfc prefix. */
const BULK_INDICES: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

function skipBulk(reader: ByteReader, start: number): void {
  const sub = reader.u32();
  const indices = BULK_INDICES[sub];
  if (indices === undefined)
    throw new FormatError(`instruction 0xfc ${sub} at byte ${start} is none that a policy has`);
  for (let count = 0; count < indices; count++) reader.skipLeb(5);
}
