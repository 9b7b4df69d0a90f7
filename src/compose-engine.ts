/** Wires policy, evaluator and facts to an engine: what a server and an embedding program share. */
import { join } from 'node:path';
import { makePrepareEvaluator } from './compose-prepare.ts';
import type { EvaluatorKind } from './config/config.ts';
import type { Facts, TargetFact } from './core/facts.ts';
import { SYSTEM_CLOCK, SYSTEM_RANDOM } from './engine/clock.ts';
import { createDecisionCheck, createInputCheck } from './engine/documents.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import type { Evaluator, EvaluatorFactory, PolicyProgram } from './engine/evaluator.ts';
import type { FactsSource } from './engine/facts-source.ts';
import { createRecentInputs } from './engine/recent-inputs.ts';
import { type CompilerProgress, defaultCacheRoot, locateCompiler } from './policy/compiler/artifact.ts';
import { createCompiler } from './policy/compiler/client.ts';
import { createPolicyLifecycle, type PolicyLifecycle } from './policy/lifecycle.ts';
import { loadFrom } from './policy/load.ts';
import { HOST_BUILTINS, REFUSED_BUILTINS } from './rego/builtins/table.ts';
import { createWasmEvaluator } from './rego/evaluator.ts';
import type { EvaluatorOptions } from './rego/options.ts';
import { createPlanEvaluator } from './rego/plan/evaluator.ts';
import { createSdkEvaluator } from './rego/sdk-evaluator.ts';
import { createRequestFacts, createStaticFacts } from './state/facts.ts';
import { createHealthFacts } from './state/health-facts.ts';

export interface EngineSettings {
  /** Folder of Rego sources, path of a bundle, or its bytes. */
  readonly source: string | Uint8Array;
  readonly entrypoint: string;
  /** Default: what git or the bundle says. */
  readonly revision?: string | undefined;
  /** Milliseconds after the last sync at which the policy is stale; default never. */
  readonly maxAgeMs?: number | undefined;
  readonly evaluator: EvaluatorKind;
  readonly fuel?: number | undefined;
  readonly memoryMaxBytes?: number | undefined;
  readonly inputMaxBytes?: number | undefined;
  /** IANA name; default UTC. */
  readonly timeZone?: string | undefined;
  /** Facts of every decision; default: those that come with the request. */
  readonly facts?: Facts | undefined;
  /** Lays what this process knows of budgets over other facts; default: it knows nothing. */
  readonly money?: ((source: FactsSource) => FactsSource) | undefined;
  /** Health of the targets that this process calls itself; default: it calls none. */
  readonly health?: (() => Readonly<Record<string, TargetFact>>) | undefined;
}

export interface ComposedEngine {
  readonly engine: Engine;
  /** Nothing is decided before its first `activate`. */
  readonly lifecycle: PolicyLifecycle;
}

export function composeEngine(
  settings: EngineSettings,
  host: { readonly onCompilerProgress?: ((progress: CompilerProgress) => void) | undefined } = {},
): ComposedEngine {
  const artifact = locateCompiler(host.onCompilerProgress === undefined ? {} : { onProgress: host.onCompilerProgress });
  const load = loadFrom(settings.source, () => createCompiler(artifact), {
    entrypoint: settings.entrypoint,
    hostBuiltins: [...HOST_BUILTINS.keys()], // a list: a policy is loaded more than once
    refusedBuiltins: REFUSED_BUILTINS,
    cacheDir: join(defaultCacheRoot(), 'bundles'),
    makeEvaluator: makePrepareEvaluator,
    ...(settings.revision === undefined ? {} : { revision: settings.revision }),
  });
  const recentInputs = createRecentInputs();
  const lifecycle = createPolicyLifecycle(
    { load, makeEvaluator: evaluatorFactory(settings), clock: SYSTEM_CLOCK, warmupInputs: recentInputs.list },
    { entrypoint: settings.entrypoint, ...(settings.maxAgeMs === undefined ? {} : { maxAgeMs: settings.maxAgeMs }) },
  );
  const given = settings.facts === undefined ? createRequestFacts() : createStaticFacts(settings.facts);
  const told = settings.money === undefined ? given : settings.money(given);
  const engine = createEngine(
    {
      policy: lifecycle,
      facts: settings.health === undefined ? told : createHealthFacts(told, settings.health),
      clock: SYSTEM_CLOCK,
      random: SYSTEM_RANDOM,
      checkInput: createInputCheck(),
      checkDecision: createDecisionCheck(),
      recentInputs,
    },
    settings.timeZone === undefined ? {} : { timeZone: settings.timeZone },
  );
  return { engine, lifecycle };
}

const EVALUATORS: Readonly<
  Record<EvaluatorKind, (program: PolicyProgram, options: EvaluatorOptions) => Promise<Evaluator>>
> = {
  auto: (program, options) =>
    (program.plan === undefined ? createWasmEvaluator : createPlanEvaluator)(program, options),
  plan: createPlanEvaluator,
  wasm: createWasmEvaluator,
  sdk: createSdkEvaluator,
};

function evaluatorFactory({ evaluator, fuel, memoryMaxBytes, inputMaxBytes }: EngineSettings): EvaluatorFactory {
  const options = {
    builtins: HOST_BUILTINS,
    ...(fuel === undefined ? {} : { fuel }),
    ...(memoryMaxBytes === undefined ? {} : { memoryMaxBytes }),
    ...(inputMaxBytes === undefined ? {} : { inputMaxBytes }),
  };
  return (program, inputs = []) =>
    EVALUATORS[evaluator](program, inputs.length === 0 ? options : { ...options, warmupInputs: inputs });
}
