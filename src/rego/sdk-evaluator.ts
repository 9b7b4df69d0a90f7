/**
 * The official SDK (`@open-policy-agent/opa-wasm`) behind the same port: reference for our host, and a fallback. It runs the
 * same metered module, so it is bounded in the same way; what it gets wrong beyond that stays as it is, and the contract
 * suite names it.
 */
import { createRequire } from 'node:module';
import { Failure } from '../core/failure.ts';
import type { Evaluator, PolicyProgram } from '../engine/evaluator.ts';
import { type PolicyExports, readExports } from './abi.ts';
import { ExactNumber, type HostBuiltin } from './builtin.ts';
import { createEvaluation, type Evaluation } from './evaluation.ts';
import { warm } from './evaluator.ts';
import { checkBuiltins } from './host-builtins.ts';
import { PAGE_BYTES, pagesFor } from './memory-size.ts';
import { FUEL_MAX } from './meter/meter.ts';
import { type Bounds, boundsOf, type EvaluatorOptions } from './options.ts';
import { loadModule, type PolicyModule } from './policy-module.ts';
import { failureOf, PolicyAbort } from './stopped.ts';
import { createTextMemory } from './text-memory.ts';

/** Builtins that the SDK has itself and lets nobody replace. */
const SDK_BUILTINS: ReadonlySet<string> = new Set([
  'sprintf',
  'json.is_valid',
  'regex.split',
  'yaml.is_valid',
  'yaml.marshal',
  'yaml.unmarshal',
]);

/** What the SDK makes, as far as it is used; its own types leave out the instance. */
interface SdkPolicy {
  readonly wasmInstance: WebAssembly.Instance;
  readonly mem: WebAssembly.Memory;
  readonly entrypoints: Readonly<Record<string, number>>;
  evaluate(input: unknown, entrypoint: number): readonly { readonly result?: unknown }[];
  setData(data: ArrayBuffer): void;
}

interface Sdk {
  loadPolicySync(
    policy: WebAssembly.Module,
    memory: { readonly initial: number; readonly maximum: number },
    builtins: Readonly<Record<string, (...operands: unknown[]) => unknown>>,
  ): SdkPolicy;
}

// Its ESM entry leaves out the synchronous load that its types promise, so it is required; a require is of type any.
const { loadPolicySync } = createRequire(import.meta.url)('@open-policy-agent/opa-wasm') as Sdk;

/** @throws Failure `bundle_invalid`, `builtin_missing`, `config_invalid` */
export async function createSdkEvaluator(program: PolicyProgram, options: EvaluatorOptions = {}): Promise<Evaluator> {
  const bounds = boundsOf(options);
  const policy = loadModule(program.wasm);
  let running: Running | undefined = start(policy, program.dataJson, bounds);
  const { entrypoints } = running;
  let closed = false;

  const evaluator: Evaluator = {
    entrypoints: new Set(entrypoints.keys()),
    evaluate(entrypoint, input) {
      const id = entrypoints.get(entrypoint);
      if (id === undefined) throw new Failure('not_found', `policy has no entry point ${entrypoint}`);
      if (closed) throw new Failure('not_ready', 'evaluator is closed');
      running ??= start(policy, program.dataJson, bounds);
      const { sdk, exports, evaluation } = running;
      exports.fuel.value = bounds.fuel;
      evaluation.begin(input);
      try {
        return sdk.evaluate(input, id)[0]?.result;
      } catch (reason) {
        running = undefined;
        throw failureOf(thrown(reason), exports.fuel.value, bounds.memoryMaxBytes);
      }
    },
    close() {
      closed = true;
      running = undefined;
    },
  };
  await warm(evaluator, bounds);
  return evaluator;
}

interface Running {
  readonly sdk: SdkPolicy;
  readonly exports: PolicyExports;
  readonly evaluation: Evaluation;
  readonly entrypoints: ReadonlyMap<string, number>;
}

function start(policy: PolicyModule, dataJson: Uint8Array, bounds: Bounds): Running {
  try {
    const maximum = Math.floor(bounds.memoryMaxBytes / PAGE_BYTES);
    const initial = pagesFor(dataJson, bounds.inputMaxBytes, policy.memoryPages, maximum);
    let evaluation: Evaluation | undefined;
    const lent = Object.fromEntries(
      [...bounds.builtins].map(([name, builtin]) => [name, adapted(builtin, () => evaluation)]),
    );
    const sdk = loadPolicySync(policy.module, { initial, maximum: initial }, lent);
    const exports = readExports(sdk.wasmInstance);
    exports.fuel.value = FUEL_MAX;
    checkBuiltins(calledBuiltins(sdk, exports), (name) => SDK_BUILTINS.has(name) || bounds.builtins.has(name));
    sdk.setData(Uint8Array.from(dataJson).buffer);
    evaluation = createEvaluation(exports.fuel, bounds);
    return { sdk, exports, evaluation, entrypoints: new Map(Object.entries(sdk.entrypoints)) };
  } catch (reason) {
    if (reason instanceof Failure) throw reason;
    throw new Failure('bundle_invalid', `policy cannot be loaded: ${thrown(reason).message}`, { cause: reason });
  }
}

function calledBuiltins(sdk: SdkPolicy, exports: PolicyExports): string[] {
  const names: object = JSON.parse(createTextMemory(sdk.mem).read(exports.opa_json_dump(exports.builtins())));
  return Object.keys(names);
}

/** Our builtin as the SDK calls them: no context, and a result that JSON can write. */
function adapted(builtin: HostBuiltin, evaluation: () => Evaluation | undefined): (...operands: unknown[]) => unknown {
  return (...operands) => {
    const context = evaluation();
    if (context === undefined) throw new Failure('internal', 'policy called a builtin before it was loaded');
    return plain(builtin(context, ...operands));
  };
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof ExactNumber) return Number(value.text);
  if (value instanceof Set) return [...value].map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [String(key), plain(member)]));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
  }
  return value;
}

/** The SDK throws texts and bare objects. */
function thrown(reason: unknown): Error {
  if (reason instanceof Error) return reason;
  if (typeof reason === 'string') return new PolicyAbort(reason);
  return new PolicyAbort(JSON.stringify(reason));
}
