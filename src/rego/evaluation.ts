/** What builtins may know of the evaluation that calls them; one object per instance, told when the next one begins. */
import { createHash } from 'node:crypto';
import { Failure } from '../core/failure.ts';
import type { BuiltinContext } from './builtin.ts';
import type { Bounds } from './options.ts';

/** Looks at the clock once in so many charged units. */
const UNITS_PER_LOOK = 1000;

export interface Evaluation extends BuiltinContext {
  begin(input: unknown): void;
}

/** @param fuel what is left of the evaluation's fuel, a global of the module or a counter; below 0 it is spent */
export function createEvaluation(
  fuel: { value: number },
  bounds: Pick<Bounds, 'builtinTimeMs' | 'clockNs'>,
): Evaluation {
  const cache = new Map<string, unknown>();
  let input: unknown;
  let nowNs: bigint | undefined;
  let seed: Buffer | undefined;
  let startedMs: number | undefined;
  let unitsUntilLook = 0;

  function lookAtClock(): void {
    unitsUntilLook = UNITS_PER_LOOK;
    const nowMs = performance.now();
    startedMs ??= nowMs;
    if (nowMs - startedMs > bounds.builtinTimeMs) {
      throw new Failure(
        'evaluation_limit',
        `policy evaluation passed ${bounds.builtinTimeMs} ms in builtins and was stopped`,
      );
    }
  }

  return {
    cache,
    get nowNs() {
      nowNs ??= momentOf(input) ?? bounds.clockNs();
      return nowNs;
    },
    randomBytes(label, sizeBytes) {
      seed ??= createHash('sha256')
        .update(seedOf(input) ?? JSON.stringify(input) ?? '')
        .digest();
      const blocks: Buffer[] = [];
      for (let block = 0; block * 32 < sizeBytes; block++) {
        blocks.push(createHash('sha256').update(seed).update(`${block}:`).update(label).digest());
      }
      return Uint8Array.from(Buffer.concat(blocks, sizeBytes));
    },
    charge(units) {
      const left = fuel.value - Math.max(1, Math.ceil(units));
      fuel.value = Math.max(left, -1);
      if (left < 0)
        throw new Failure('evaluation_limit', 'policy evaluation spent its fuel in a builtin and was stopped');
      unitsUntilLook -= units;
      if (unitsUntilLook < 0) lookAtClock();
    },
    begin(nextInput) {
      input = nextInput;
      nowNs = undefined;
      seed = undefined;
      startedMs = undefined;
      unitsUntilLook = 0;
      if (cache.size > 0) cache.clear();
    },
  };
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

function momentOf(input: unknown): bigint | undefined {
  const unixMs = member(member(input, 'now'), 'unix_ms');
  return typeof unixMs === 'number' && Number.isFinite(unixMs) ? BigInt(Math.round(unixMs * 1000)) * 1000n : undefined;
}

function seedOf(input: unknown): string | undefined {
  const seed = member(input, 'seed');
  return typeof seed === 'string' || typeof seed === 'number' ? `seed:${seed}` : undefined;
}
