/** An evaluation for builtins under test: a fixed clock, bytes of the label, and fuel that is counted. */
import { createHash } from 'node:crypto';

import { Failure } from '../../../src/core/failure.ts';
import type { BuiltinContext } from '../../../src/rego/builtin.ts';
import { HOST_BUILTINS } from '../../../src/rego/builtins/table.ts';

export const NOW_NS = 1_700_000_000_123_456_789n;

export interface CountingContext extends BuiltinContext {
  used(): number;
}

/** @param fuel units after which the evaluation is stopped; default 1e9 */
export function createContext(fuel = 1e9): CountingContext {
  let used = 0;
  return {
    nowNs: NOW_NS,
    cache: new Map(),
    randomBytes: (label, sizeBytes) => createHash('sha512').update(label).digest().subarray(0, sizeBytes),
    charge(units) {
      used += units;
      if (used > fuel) throw new Failure('evaluation_limit', 'fuel is spent');
    },
    used: () => used,
  };
}

/** Calls a builtin of the table. */
export function call(name: string, ...operands: readonly unknown[]): unknown {
  const builtin = HOST_BUILTINS.get(name);
  if (builtin === undefined) throw new Error(`no builtin ${name}`);
  return builtin(createContext(), ...operands);
}
