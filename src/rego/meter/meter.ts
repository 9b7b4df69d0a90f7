/**
 * Meters a policy: rewrites its WebAssembly so that every turn of a loop takes one unit from a fuel counter, as does every
 * call that could lead to many others (`entry-charges.ts`), and stops (`unreachable`) when none is left. The host fills the tank before an
 * evaluation, so an evaluation is bounded without a worker, a watchdog or a clock, and the same input always stops at
 * the same place.
 *
 * The counter is a global added after all others (no index changes) and exported as `FUEL_EXPORT`. What cannot be read
 * completely is refused with a FormatError: nothing runs unmetered.
 *
 * The charge stands where the code turns back, not where a loop starts: half the loops of a policy never turn, and this
 * way they cost nothing.
 */
import { ByteReader, FormatError } from './byte-reader.ts';
import { ByteWriter, leb } from './byte-writer.ts';
import { entryCharges } from './entry-charges.ts';
import { type FunctionScan, scanFunction } from './function-scan.ts';
import { OPCODE } from './instructions.ts';
import {
  importedCounts,
  KIND,
  readParameterCounts,
  readSections,
  SECTION,
  type Section,
  writeSections,
} from './sections.ts';

export const FUEL_EXPORT = 'turnpike_fuel';

/** The fullest tank: loading data runs on it, an evaluation on less. */
export const FUEL_MAX = 0x7fff_ffff;

const I32 = 0x7f;
const MUTABLE = 1;
const NO_RESULT = 0x40;

/** @throws FormatError naming what cannot be read */
export function meter(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = readSections(wasm);
  const contentOf = (id: number): Uint8Array | undefined => sections.find((section) => section.id === id)?.content;
  const imported = importedCounts(contentOf(SECTION.import));
  const globals = contentOf(SECTION.global);
  const fuelIndex = imported.globals + (globals === undefined ? 0 : new ByteReader(globals).u32());
  const params = readParameterCounts(contentOf(SECTION.type), contentOf(SECTION.function));
  for (const needed of [SECTION.export, SECTION.code]) {
    if (contentOf(needed) === undefined) throw new FormatError('no exports or no code');
  }
  const metered = sections.flatMap((section): Section[] => {
    switch (section.id) {
      case SECTION.custom:
        return [];
      case SECTION.global:
        return [appended(section, FUEL_GLOBAL)];
      case SECTION.export: {
        const name = Buffer.from(FUEL_EXPORT, 'utf8');
        const exports = appended(section, [...leb(name.length), ...name, KIND.global, ...leb(fuelIndex)]);
        const missing: Section = { id: SECTION.global, content: Uint8Array.of(1, ...FUEL_GLOBAL) };
        return globals === undefined ? [missing, exports] : [exports];
      }
      case SECTION.code:
        return [{ id: section.id, content: meterCode(section.content, fuelIndex, params, imported.functions) }];
      default:
        return [section];
    }
  });
  return writeSections(metered);
}

/** Type, mutability and first value: a full tank, since the start function runs before the host can fill it. */
const FUEL_GLOBAL = [I32, MUTABLE, OPCODE.i32Const, 0xff, 0xff, 0xff, 0xff, 0x07, OPCODE.end];

/** One more entry at the end of a section that is a vector. */
function appended(section: Section, entry: readonly number[]): Section {
  const reader = new ByteReader(section.content);
  const count = reader.u32();
  const writer = new ByteWriter(section.content.length + entry.length + 5);
  writer.put(leb(count + 1));
  writer.put(reader.rest());
  writer.put(entry);
  return { id: section.id, content: writer.written() };
}

function meterCode(
  content: Uint8Array,
  fuelIndex: number,
  params: readonly number[],
  importedFunctions: number,
): Uint8Array {
  const reader = new ByteReader(content);
  const count = reader.u32();
  if (count !== params.length) throw new FormatError(`${params.length} functions declared, ${count} have code`);
  const scans = params.map(() => scanFunction(reader.part(reader.u32()), fuelIndex));
  if (!reader.done) throw new FormatError('bytes after the last function');
  const charged = entryCharges(scans, importedFunctions);
  const writer = new ByteWriter(content.length * 1.2);
  writer.put(leb(count));
  for (const [index, scan] of scans.entries()) {
    writer.putSized(meterFunction(content, scan, params[index] ?? 0, fuelIndex, charged[index] === true));
  }
  return writer.written();
}

function meterFunction(
  content: Uint8Array,
  scan: FunctionScan,
  params: number,
  fuelIndex: number,
  chargedAtEntry: boolean,
): Uint8Array {
  if (scan.turns.length === 0 && !chargedAtEntry) return content.subarray(scan.start, scan.end);
  const charge = chargeOne(fuelIndex, params + scan.locals);
  const writer = new ByteWriter((scan.end - scan.start) * 1.3);
  writer.put(leb(scan.localGroups + 1));
  const groups = new ByteReader(content, scan.start, scan.code);
  groups.u32();
  writer.put(groups.rest());
  writer.put([1, I32]);
  if (chargedAtEntry) writer.put(charge);
  let copied = scan.code;
  const copyTo = (offset: number): void => {
    writer.put(content.subarray(copied, offset));
    copied = offset;
  };
  for (const { kind, at, next, depth } of scan.turns) {
    switch (kind) {
      case 'loop':
        copyTo(next);
        writer.put(charge);
        break;
      case 'branch':
        copyTo(at);
        writer.put(charge);
        break;
      case 'branch_if': // charged only where it is taken
        copyTo(at);
        writer.put([OPCODE.if, NO_RESULT, ...charge, OPCODE.branch, ...leb(depth + 1), OPCODE.end]);
        copied = next;
        break;
    }
  }
  copyTo(scan.end);
  return writer.written();
}

/** Takes one unit; stops when there is none. One load and one store: a local holds what is left for the comparison. */
function chargeOne(fuelIndex: number, scratchLocal: number): Uint8Array {
  const fuel = leb(fuelIndex);
  const left = leb(scratchLocal);
  return Uint8Array.of(
    ...[OPCODE.globalGet, ...fuel, OPCODE.i32Const, 1, OPCODE.i32Sub, OPCODE.localTee, ...left],
    ...[OPCODE.globalSet, ...fuel, OPCODE.localGet, ...left, OPCODE.i32Const, 0, OPCODE.i32LessSigned],
    ...[OPCODE.if, NO_RESULT, OPCODE.unreachable, OPCODE.end],
  );
}
