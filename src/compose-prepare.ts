/** The evaluator that prepares data while a bundle is built: bounded, but by what a build may take, not a decision. */
import type { EvaluatorFactory } from './engine/evaluator.ts';
import { HOST_BUILTINS } from './rego/builtins/table.ts';
import { createWasmEvaluator } from './rego/evaluator.ts';
import { FUEL_MAX } from './rego/meter/meter.ts';

const MEMORY_MAX_BYTES = 2 * 1024 ** 3;
const BUILTIN_TIME_MS = 60_000;

export const makePrepareEvaluator: EvaluatorFactory = (program) =>
  createWasmEvaluator(program, {
    builtins: HOST_BUILTINS,
    fuel: FUEL_MAX,
    memoryMaxBytes: MEMORY_MAX_BYTES,
    builtinTimeMs: BUILTIN_TIME_MS,
    // It is asked once.
    warmup: 0,
  });
