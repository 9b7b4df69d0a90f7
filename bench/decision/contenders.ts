/** The ways to ask the same policy: our whole `decide`, our evaluators, and the official SDK's bare `evaluate`. */

import { createRequire } from 'node:module';
import { NO_BUDGETS } from '../../src/core/budget.ts';
import { buildInput } from '../../src/core/input.ts';
import { SYSTEM_CLOCK, SYSTEM_RANDOM } from '../../src/engine/clock.ts';
import { createDecisionCheck, createInputCheck } from '../../src/engine/documents.ts';
import { createEngine, type Engine, type EngineRequest } from '../../src/engine/engine.ts';
import type { Evaluator, PolicyProgram } from '../../src/engine/evaluator.ts';
import { createLocalTime } from '../../src/engine/local-time.ts';
import { compilePrices } from '../../src/policy/prices.ts';
import { HOST_BUILTINS } from '../../src/rego/builtins/table.ts';
import { createWasmEvaluator, type WasmEvaluator } from '../../src/rego/evaluator.ts';
import { createPlanEvaluator } from '../../src/rego/plan/evaluator.ts';
import { createRequestFacts } from '../../src/state/facts.ts';
import { ENTRYPOINT } from './sample-policy.ts';

/** Data takes some 13 times its JSON in a policy's memory; both hosts get the same, sized up front. */
const BYTES_PER_DATA_BYTE = 30;
const PAGE_BYTES = 65_536;
const BASE_PAGES = 256;

// Its ES module leaves out what its types promise; the CommonJS one has it.
const opaWasm = createRequire(import.meta.url)(
  '@open-policy-agent/opa-wasm',
) as typeof import('@open-policy-agent/opa-wasm');

export interface SdkPolicy {
  evaluate(input: unknown): unknown;
}

export function loadSdk({ wasm, dataJson }: PolicyProgram, entrypoint: string = ENTRYPOINT): SdkPolicy {
  const initial = BASE_PAGES + Math.ceil((dataJson.length * BYTES_PER_DATA_BYTE) / PAGE_BYTES);
  const policy = opaWasm.loadPolicySync(new Uint8Array(wasm), { initial, maximum: initial * 2 });
  policy.setData(JSON.parse(Buffer.from(dataJson).toString('utf8')));
  return {
    evaluate(input) {
      const [first] = policy.evaluate(input, entrypoint) as readonly { readonly result: unknown }[]; // SDK's result set
      return first?.result;
    },
  };
}

export interface OurPolicy {
  readonly engine: Engine;
  readonly evaluator: WasmEvaluator;
  /** The same policy from its plan, asked by the same engine. */
  readonly plan: { readonly engine: Engine; readonly evaluator: Evaluator };
}

export async function loadOurs(program: PolicyProgram): Promise<OurPolicy> {
  const evaluator = await createWasmEvaluator(program, { builtins: HOST_BUILTINS });
  const plan = await createPlanEvaluator(program, { builtins: HOST_BUILTINS });
  return {
    engine: engineOf(program, evaluator),
    evaluator,
    plan: { engine: engineOf(program, plan), evaluator: plan },
  };
}

function engineOf(program: PolicyProgram, evaluator: Evaluator): Engine {
  const prices = compilePrices(JSON.parse(Buffer.from(program.dataJson).toString('utf8')));
  const identity = { revision: 'bench', digest: 'sha256:bench', entrypoint: ENTRYPOINT };
  const policy = {
    identity,
    evaluator,
    prices,
    budgets: NO_BUDGETS,
    catalogue: { aliases: [], models: [], contexts: new Map() },
  };
  return createEngine({
    policy: { status: () => ({ kind: 'serving', policy, syncedAtMs: 0 }) },
    facts: createRequestFacts(),
    clock: SYSTEM_CLOCK,
    random: SYSTEM_RANDOM,
    checkInput: createInputCheck(),
    checkDecision: createDecisionCheck(),
  });
}

const localTime = createLocalTime('UTC');

/** The document that the engine makes of a request, for whoever is asked with documents. */
export function inputOf(request: EngineRequest): unknown {
  return buildInput(request.call, request.caller, request.facts ?? {}, request.attempts, localTime(Date.now()));
}

/** What the SDK keeps and its types leave out; read to time the policy's own work alone. */
interface SdkInternals {
  readonly wasmInstance: { readonly exports: { readonly opa_eval: (...operands: readonly number[]) => number } };
  readonly mem: WebAssembly.Memory;
  readonly dataAddr: number;
  readonly dataHeapPtr: number;
}

/** One bare `opa_eval` of an unmetered module, its input already written as text: the floor of any host. */
export function bareOpaEval(program: PolicyProgram, input: unknown, entrypoint: number): () => number {
  const initial = BASE_PAGES + Math.ceil((program.dataJson.length * BYTES_PER_DATA_BYTE) / PAGE_BYTES);
  const policy = opaWasm.loadPolicySync(new Uint8Array(program.wasm), { initial, maximum: initial * 2 });
  policy.setData(JSON.parse(Buffer.from(program.dataJson).toString('utf8')));
  const { wasmInstance, mem, dataAddr, dataHeapPtr } = policy as unknown as SdkInternals; // see above
  const text = Buffer.from(JSON.stringify(input));
  const { opa_eval: opaEval } = wasmInstance.exports;
  return () => {
    // The policy's heap begins where its input ends, so the text stands there unharmed from call to call.
    new Uint8Array(mem.buffer, dataHeapPtr, text.length).set(text);
    return opaEval(0, entrypoint, dataAddr, dataHeapPtr, text.length, dataHeapPtr + text.length, 0);
  };
}
