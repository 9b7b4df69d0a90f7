/**
 * Owns the running of policy from OPA's intermediate plan, as JavaScript made of it: behind the port `engine/evaluator.ts`
 * like the WASM host, several times faster, and with the same bounds. Fuel stops loops, recursion and whatever builtins do;
 * it also bounds memory, since everything that is made costs some. May import core, that port and the builtins.
 * Everything wrong with a program is found when the evaluator is made: `bundle_invalid`, `builtin_missing`.
 */
import { compileFunction } from 'node:vm';
import { Failure } from '../../core/failure.ts';
import type { Evaluator, PolicyProgram } from '../../engine/evaluator.ts';
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { createEvaluation } from '../evaluation.ts';
import { warm } from '../evaluator.ts';
import { checkBuiltins } from '../host-builtins.ts';
import { boundsOf, type EvaluatorOptions } from '../options.ts';
import { failureOf } from '../stopped.ts';
import { readData, readInput, toResult } from './documents.ts';
import { BYTES_PER_UNIT, fuel } from './fuel.ts';
import { type GeneratedPlan, generate } from './generate.ts';
import { fromHost, toHost } from './host-values.ts';
import { NATIVE_HOSTED } from './native/glob.ts';
import type { Native } from './native/native.ts';
import { NATIVES } from './native/table.ts';
import { readPlan } from './read-plan.ts';
import { RUNTIME } from './runtime.ts';
import { objectMember, type RegoObject } from './values.ts';

/** An entry point: the object that its query binds, or undefined. */
type Query = (input: unknown, data: unknown) => RegoObject | undefined;

/** @throws Failure `bundle_invalid`, `builtin_missing`, `config_invalid` */
export async function createPlanEvaluator(program: PolicyProgram, options: EvaluatorOptions = {}): Promise<Evaluator> {
  const bounds = boundsOf(options);
  if (program.plan === undefined) {
    throw new Failure('bundle_invalid', 'the bundle has no plan.json, so only its WebAssembly can be evaluated');
  }
  const plan = readPlan(program.plan);
  const generated = generate(plan);
  const { builtins } = bounds;
  checkBuiltins(generated.builtins, (name) => NATIVES.has(name) || NATIVE_HOSTED.has(name) || builtins.has(name));
  const data = readData(program.dataJson);
  const evaluation = createEvaluation(fuel, bounds);
  const queries = load(
    generated,
    generated.builtins.map((name) => builtinOf(name, builtins, evaluation)),
  );
  const entrypoints = new Map(plan.queries.map(({ name }, index) => [name, queries[index]]));
  const units = Math.min(bounds.fuel, Math.floor(bounds.memoryMaxBytes / BYTES_PER_UNIT));
  let closed = false;

  const evaluator: Evaluator = {
    entrypoints: new Set(entrypoints.keys()),
    evaluate(entrypoint, input) {
      if (closed) throw new Failure('not_ready', 'evaluator is closed');
      const query = entrypoints.get(entrypoint);
      if (query === undefined) {
        const known = [...entrypoints.keys()].join(', ');
        throw new Failure('not_found', `policy has no entry point ${entrypoint}; it has ${known}`);
      }
      const document = input === undefined ? undefined : readInput(input, bounds.inputMaxBytes);
      fuel.value = units;
      evaluation.begin(document);
      try {
        const bound = query(document, data);
        return bound === undefined ? undefined : toResult(objectMember(bound, 'result'));
      } catch (reason) {
        throw failureOf(reason, fuel.value, bounds.memoryMaxBytes);
      }
    },
    close() {
      closed = true;
      entrypoints.clear();
    },
  };
  await warm(evaluator, bounds);
  return evaluator;
}

function load(generated: GeneratedPlan, builtins: readonly Native[]): readonly Query[] {
  try {
    const make = compileFunction(generated.source, ['runtime', 'builtins', 'decimals'], { filename: 'plan.json.js' });
    // The generator returns its queries, one for each of the plan's.
    return make(RUNTIME, builtins, generated.decimals) as readonly Query[];
  } catch (cause) {
    throw new Failure('bundle_invalid', 'plan.json: no code can be made of it', { cause });
  }
}

function builtinOf(name: string, lent: ReadonlyMap<string, HostBuiltin>, evaluation: BuiltinContext): Native {
  const native = NATIVES.get(name);
  if (native !== undefined) return native;
  const hosted = NATIVE_HOSTED.get(name) ?? lent.get(name);
  if (hosted === undefined) throw new Failure('internal', `builtin ${name} passed the check and is not there`);
  return (...operands) => fromHost(hosted(evaluation, ...operands.map(toHost)));
}
