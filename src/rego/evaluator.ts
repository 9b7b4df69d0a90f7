/**
 * Owns the running of compiled policy behind the port `engine/evaluator.ts`. May import core and that port.
 * An evaluation is stopped at its limits (fuel, memory, values) as Failure `evaluation_limit`, an abort, trap or conflict is
 * `evaluation_failed`; whatever was stopped in the middle is thrown away and replaced before the next evaluation.
 * Everything wrong with a program is found when the evaluator is made: `bundle_invalid`, `builtin_missing`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';
import type { Evaluator, PolicyProgram } from '../engine/evaluator.ts';
import { createInstance, type PolicyInstance, type Remains } from './instance.ts';
import { type Bounds, boundsOf, type EvaluatorOptions } from './options.ts';
import { loadModule } from './policy-module.ts';

/** What the WASM evaluator tells beyond its port, for metrics and tests. */
export interface WasmEvaluator extends Evaluator {
  /** Instances made so far: 1, and one more for every evaluation that was stopped or left too much memory behind. */
  instancesMade(): number;
  /** Memory that the data and the last evaluation took. */
  usedBytes(): number;
  /** Fuel that the last evaluation took. */
  fuelUsed(): number;
}

/** An instance that an evaluation has taken so much of is replaced: memory that was touched is never given back. */
const TOUCHED_MAX_BYTES = 16 * 1024 ** 2;

/** Evaluations between two turns of the event loop while warming. */
const WARM_BATCH = 50;

/** @throws Failure `bundle_invalid`, `builtin_missing`, `config_invalid` */
export async function createWasmEvaluator(
  program: PolicyProgram,
  options: EvaluatorOptions = {},
): Promise<WasmEvaluator> {
  const bounds = boundsOf(options);
  const policy = loadModule(program.wasm);
  const { dataJson } = program;
  let instance: PolicyInstance | undefined = createInstance(policy, dataJson, bounds);
  const { entrypoints } = instance;
  const startBytes = instance.usedBytes();
  let remains: Remains | undefined;
  let made = 1;
  let closed = false;

  function ready(): PolicyInstance {
    if (closed) throw new Failure('not_ready', 'evaluator is closed');
    if (instance === undefined) {
      instance = createInstance(policy, dataJson, bounds, remains);
      remains = undefined;
      made++;
    }
    return instance;
  }

  /** Memory that was touched is given back only with the whole memory. */
  const tookMuch = (used: PolicyInstance): boolean => used.usedBytes() - startBytes > TOUCHED_MAX_BYTES;

  const evaluator: WasmEvaluator = {
    entrypoints: new Set(entrypoints.keys()),
    evaluate(entrypoint, input) {
      const id = entrypoints.get(entrypoint);
      if (id === undefined) {
        const known = [...entrypoints.keys()].join(', ');
        throw new Failure('not_found', `policy has no entry point ${entrypoint}; it has ${known}`);
      }
      const used = ready();
      try {
        const document = used.evaluate(id, input);
        if (tookMuch(used)) instance = undefined;
        return document;
      } catch (reason) {
        if (breaks(reason)) {
          instance = undefined;
          remains = tookMuch(used) ? undefined : used.remains();
        }
        throw reason;
      }
    },
    close() {
      closed = true;
      instance = undefined;
    },
    instancesMade: () => made,
    usedBytes: () => instance?.usedBytes() ?? 0,
    fuelUsed: () => instance?.fuelUsed() ?? 0,
  };
  await warm(evaluator, bounds);
  return evaluator;
}

/** Whether the instance was stopped in the middle; an input that was refused never reached it. */
function breaks(reason: unknown): boolean {
  if (!(reason instanceof Failure)) return true;
  return reason.code !== 'invalid_request' && reason.code !== 'too_large';
}

/** Machine code gets better as it runs: let it run before somebody waits for it. Results and failures are of no matter. */
export async function warm(evaluator: Evaluator, bounds: Bounds): Promise<void> {
  const until = performance.now() + bounds.warmupTimeMs;
  const work = bounds.warmupInputs.flatMap((input) =>
    [...evaluator.entrypoints].map((entrypoint) => ({ entrypoint, input })),
  );
  for (let done = 0; done < bounds.warmup && performance.now() < until; done++) {
    const next = work[done % work.length];
    if (next === undefined) return;
    try {
      evaluator.evaluate(next.entrypoint, next.input);
    } catch {
      // such as a policy that cannot decide over an empty input; a real one tells its caller
    }
    if (done % WARM_BATCH === WARM_BATCH - 1) await nextTurn();
  }
}
