/** First pass over a function: whom it calls, where it turns back. */
import { ByteReader, FormatError } from './byte-reader.ts';
import { OPCODE, skipInstruction } from './instructions.ts';

/** A place where the code goes back to the start of a loop, or a loop that a branch table goes back to. */
export interface Turn {
  readonly kind: 'branch' | 'branch_if' | 'loop';
  /** Offset of the instruction. */
  readonly at: number;
  /** Offset past the instruction. */
  readonly next: number;
  /** Blocks between the branch and its loop; 0 for `loop`. */
  readonly depth: number;
}

export interface FunctionScan {
  /** Offset of the locals, of the first instruction, and past the final `end`. */
  readonly start: number;
  readonly code: number;
  readonly end: number;
  /** Number of declared locals, parameters not counted. */
  readonly locals: number;
  readonly localGroups: number;
  /** Offsets of loops. */
  readonly loops: ReadonlySet<number>;
  /** In the order of the code. */
  readonly turns: readonly Turn[];
  /** Functions called, once per call site. */
  readonly calls: readonly number[];
}

/** @param globals number of globals that the module has before a meter adds one */
export function scanFunction(body: ByteReader, globals: number): FunctionScan {
  const start = body.at;
  const localGroups = body.u32();
  let locals = 0;
  for (let group = 0; group < localGroups; group++) {
    locals += body.u32();
    body.byte();
  }
  const code = body.at;
  const loops = new Set<number>();
  const tables: Turn[] = [];
  const branches: (Turn & { readonly loopAt: number })[] = [];
  const calls: number[] = [];
  /** Open blocks; of a loop, its offset and the offset past its header. */
  const open: ({ readonly at: number; readonly next: number } | undefined)[] = [];
  while (!body.done) {
    const at = body.at;
    const opcode = skipInstruction(body);
    const immediate = (): ByteReader => new ByteReader(body.bytes, at + 1, body.at);
    switch (opcode) {
      case OPCODE.loop:
        loops.add(at);
        open.push({ at, next: body.at });
        break;
      case OPCODE.block:
      case OPCODE.if:
        open.push(undefined);
        break;
      case OPCODE.end:
        open.pop();
        break;
      case OPCODE.branch:
      case OPCODE.branchIf: {
        const depth = immediate().u32();
        const loop = open.at(-1 - depth);
        const kind = opcode === OPCODE.branch ? 'branch' : 'branch_if';
        if (loop !== undefined) branches.push({ kind, at, next: body.at, depth, loopAt: loop.at });
        break;
      }
      case OPCODE.branchTable: {
        const table = immediate();
        for (let targets = table.u32() + 1; targets > 0; targets--) {
          const loop = open.at(-1 - table.u32());
          if (loop !== undefined) tables.push({ kind: 'loop', depth: 0, ...loop });
        }
        break;
      }
      case OPCODE.call:
        calls.push(immediate().u32());
        break;
      case OPCODE.globalGet:
      case OPCODE.globalSet:
        if (immediate().u32() >= globals) throw new FormatError(`no such global at byte ${at}`);
        break;
      default:
        break;
    }
  }
  const atHeader = new Map(tables.map((turn) => [turn.at, turn]));
  const turns = [...atHeader.values(), ...branches.filter(({ loopAt }) => !atHeader.has(loopAt))];
  turns.sort((a, b) => a.at - b.at);
  return { start, code, end: body.end, locals, localGroups, loops, turns, calls };
}
