/** Bounds of an evaluator: every one has a default that suits a gateway. */
import { Failure } from '../core/failure.ts';
import type { HostBuiltin } from './builtin.ts';
import { HOST_BUILTINS } from './builtins/table.ts';
import { FUEL_MAX } from './meter/meter.ts';

export interface EvaluatorOptions {
  /**
   * Steps that one evaluation may take: turns of loops, and calls that lead to many others. A decision over 40 models takes
   * about 10,000; the default stops a runaway evaluation after 100 to 300 ms.
   * @default 20_000_000
   */
  readonly fuel?: number;
  /**
   * Bytes that one instance may grow to, policy data included (about 13 times its JSON); of a plan, what one evaluation
   * may make.
   * @default 536_870_912 (512 MiB)
   */
  readonly memoryMaxBytes?: number;
  /**
   * Bytes of an input document as JSON.
   * @default 1_048_576 (1 MiB)
   */
  readonly inputMaxBytes?: number;
  /**
   * Milliseconds that an evaluation with host builtins may take, looked at whenever one of them charges. A backstop behind
   * `fuel` only: it is far longer than the fuel lasts.
   * @default 2_000
   */
  readonly builtinTimeMs?: number;
  /**
   * Evaluations before the evaluator is handed out: until then the machine code of the policy is slow.
   * @default 1_000
   */
  readonly warmup?: number;
  /**
   * Milliseconds after which warming ends, done or not.
   * @default 500
   */
  readonly warmupTimeMs?: number;
  /**
   * Inputs to warm with, the more like real ones the better.
   * @default [{}]
   */
  readonly warmupInputs?: readonly unknown[];
  /**
   * Builtins that the host lends to policy, by their Rego name.
   * @default all of `builtins/table.ts`
   */
  readonly builtins?: ReadonlyMap<string, HostBuiltin>;
  /** Nanoseconds since 1970, for inputs that do not say when they are. */
  readonly clockNs?: () => bigint;
}

export type Bounds = Required<EvaluatorOptions>;

const MEMORY_MAX_BYTES = 2 * 1024 ** 3;

/** @throws Failure `config_invalid` naming every option out of range */
export function boundsOf(options: EvaluatorOptions): Bounds {
  const bounds: Bounds = {
    fuel: options.fuel ?? 20_000_000,
    memoryMaxBytes: options.memoryMaxBytes ?? 512 * 1024 ** 2,
    inputMaxBytes: options.inputMaxBytes ?? 1024 ** 2,
    builtinTimeMs: options.builtinTimeMs ?? 2000,
    warmup: options.warmup ?? 1000,
    warmupTimeMs: options.warmupTimeMs ?? 500,
    warmupInputs: options.warmupInputs ?? [{}],
    builtins: options.builtins ?? HOST_BUILTINS,
    clockNs: options.clockNs ?? ((): bigint => BigInt(Date.now()) * 1_000_000n),
  };
  const ranges: readonly [keyof Bounds, number, number, number][] = [
    ['fuel', bounds.fuel, 1, FUEL_MAX],
    ['memoryMaxBytes', bounds.memoryMaxBytes, 1024 ** 2, MEMORY_MAX_BYTES],
    ['inputMaxBytes', bounds.inputMaxBytes, 2, 256 * 1024 ** 2],
    ['builtinTimeMs', bounds.builtinTimeMs, 1, 600_000],
    ['warmup', bounds.warmup, 0, 1_000_000],
    ['warmupTimeMs', bounds.warmupTimeMs, 0, 60_000],
  ];
  const faults = ranges
    .filter(([, value, least, most]) => !Number.isSafeInteger(value) || value < least || value > most)
    .map(([name, value, least, most]) => ({
      at: name,
      message: `must be a whole number from ${least} to ${most}, is ${value}`,
    }));
  if (faults.length > 0) {
    const named = faults.map(({ at, message }) => `${at} ${message}`).join('; ');
    throw new Failure('config_invalid', `evaluator: ${named}`, { faults });
  }
  return bounds;
}
