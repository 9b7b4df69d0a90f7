/**
 * Which functions must be charged when they are entered. Every turn of a loop but its first is charged, so what is left is
 * calling: recursion, and trees of calls, which may double at every level. Cycles of calls are broken at functions that
 * loop (in a policy those that walk collections, of which a call does much), trees at functions that could lead to more
 * than `CALLS_BETWEEN_CHARGES` calls: no more than that can happen between two charges. Calls through the table are taken
 * for single calls: in a policy they lead to allocation, printing and matching, which loop.
 */
import type { FunctionScan } from './function-scan.ts';

export const CALLS_BETWEEN_CHARGES = 65_536;

/**
 * @param imported number of imported functions: they come first in the index space
 * @returns per function of the code section, whether it is charged at entry
 */
export function entryCharges(functions: readonly FunctionScan[], imported: number): boolean[] {
  const calls = functions.map((scan) => scan.calls.map((callee) => callee - imported).filter((callee) => callee >= 0));
  const component = components(calls);
  const charged = functions.map(
    (scan, index) =>
      scan.loops.size > 0 && (calls[index] ?? []).some((callee) => component[callee] === component[index]),
  );
  breakCyclesAndTrees(calls, charged);
  return charged;
}

/** Walks calls that are not charged yet; charges where a walk meets itself, and where the calls below are too many. */
function breakCyclesAndTrees(calls: readonly (readonly number[])[], charged: boolean[]): void {
  const IN_PROGRESS = 0;
  /** Calls that entering a function leads to until the next charge. */
  const costs: (number | undefined)[] = calls.map(() => undefined);
  const costOf = (index: number): number => {
    const known = costs[index];
    if (known === IN_PROGRESS) charged[index] = true;
    if (known !== undefined) return charged[index] === true ? 1 : known;
    costs[index] = IN_PROGRESS;
    let cost = 1;
    for (const callee of calls[index] ?? []) cost += costOf(callee);
    costs[index] = cost;
    if (cost > CALLS_BETWEEN_CHARGES) charged[index] = true;
    return charged[index] === true ? 1 : cost;
  };
  for (const index of calls.keys()) costOf(index);
}

/** Strongly connected components (Tarjan): functions that can come back to each other have the same number. */
function components(calls: readonly (readonly number[])[]): number[] {
  const component: number[] = calls.map(() => -1);
  const order: number[] = calls.map(() => -1);
  const stack: number[] = [];
  let visited = 0;
  let found = 0;
  const visit = (index: number): number => {
    let low = visited;
    order[index] = visited++;
    stack.push(index);
    for (const callee of calls[index] ?? []) {
      if ((component[callee] ?? 0) !== -1) continue;
      const seen = order[callee] ?? -1;
      low = Math.min(low, seen === -1 ? visit(callee) : seen);
    }
    if (low === order[index]) {
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        component[member] = found;
        if (member === index) break;
      }
      found++;
    }
    return low;
  };
  calls.forEach((_, index) => {
    if (order[index] === -1) visit(index);
  });
  return component;
}
