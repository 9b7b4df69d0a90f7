/**
 * Which runs of blocks may become functions of their own. A rule of a thousand bodies is one function of the plan, and V8
 * does not optimize a function of that size.
 */
import type { Block, Local, Statement } from './statements.ts';
import { nested, readBy, writtenBy } from './usage.ts';

/** A function with more statements than this is taken apart. */
export const LARGE = 400;

/** Into runs of about so many statements. */
export const RUN = 150;

export function statementsIn(blocks: readonly Block[]): number {
  let total = 0;
  for (const block of blocks) for (const statement of block) total += 1 + statementsIn(nested(statement));
  return total;
}

/** Whether every jump inside a block ends in it, `levels` being what can be jumped out of within it. */
export function staysInside(block: Block, levels = 1): boolean {
  return block.every((statement) => {
    switch (statement.kind) {
      case 'Break':
        return statement.index < levels;
      case 'CallDynamic':
        return DYNAMIC_LEVEL < levels;
      case 'ReturnLocal':
      case 'ResultSetAdd':
        return false;
      case 'Scan':
        return staysInside(statement.block, levels + 2);
      default:
        return nested(statement).every((inner) => staysInside(inner, levels + 1));
    }
  });
}

/** A dynamic call whose rule is undefined leaves the fourth block around it. */
export const DYNAMIC_LEVEL = 3;

/** How often each variable is named. */
export function mentions(blocks: readonly Block[], counts: Map<Local, number> = new Map()): Map<Local, number> {
  for (const block of blocks) {
    for (const statement of block) {
      for (const local of [...readBy(statement), ...writtenBy(statement)]) {
        counts.set(local, (counts.get(local) ?? 0) + 1);
      }
      mentions(nested(statement), counts);
    }
  }
  return counts;
}

/** Variables that keep what is written to them; `with` puts back what was there. */
export function lastingWrites(blocks: readonly Block[], written: Set<Local> = new Set()): Set<Local> {
  for (const block of blocks) {
    for (const statement of block) {
      if (statement.kind !== 'With') for (const local of writtenBy(statement)) written.add(local);
      lastingWrites(nested(statement), written);
    }
  }
  return written;
}

export interface Run {
  readonly blocks: readonly Block[];
  /** Variables of the function that the run reads or writes. */
  readonly shared: readonly Local[];
  /** The one of them that it changes, if it changes any. */
  readonly changed: Local | undefined;
  /** Variables of its own. */
  readonly own: readonly Local[];
}

/** A run of block statements as a function of its own; undefined where it changes more than one variable of others. */
export function runOf(statements: readonly Statement[], everywhere: ReadonlyMap<Local, number>): Run | undefined {
  const blocks = statements.flatMap(nested);
  const here = mentions(blocks);
  const isShared = (local: Local): boolean => here.get(local) !== everywhere.get(local);
  const shared = [...here.keys()].filter(isShared);
  const [changed, another] = [...lastingWrites(blocks)].filter(isShared);
  if (another !== undefined) return undefined;
  return { blocks, shared, changed, own: [...here.keys()].filter((local) => !isShared(local)) };
}
