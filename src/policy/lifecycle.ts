/**
 * Owns which policy serves: load → check → evaluator ready beside the old one → swap whole.
 * May import core and the engine's ports. A policy that cannot be activated never replaces one that serves: the last
 * good one goes on, and the status says why.
 */

import type { PolicyIdentity } from '../core/decision.ts';
import { Failure } from '../core/failure.ts';
import type { ActivePolicy, PolicyHolder, PolicyStatus } from '../engine/active-policy.ts';
import type { Clock } from '../engine/clock.ts';
import type { EvaluatorFactory, PolicyProgram } from '../engine/evaluator.ts';
import { compileBudgets } from './budgets.ts';
import { readCatalogue } from './catalogue.ts';
import { compilePrices } from './prices.ts';

/** What a source gives: a compiled policy and its names. */
export interface LoadedPolicy {
  readonly revision: string;
  /** `sha256:` and hex. */
  readonly digest: string;
  readonly program: PolicyProgram;
  /** Where a builtin is called, as `file:row:col` by its name, as far as the bundle says. */
  readonly builtinPlaces?: ReadonlyMap<string, string>;
}

/** Port: where policies come from (a directory compiled on the spot, a bundle file). */
export type LoadPolicy = () => Promise<LoadedPolicy>;

export type Activation =
  | { readonly kind: 'activated'; readonly identity: PolicyIdentity }
  | { readonly kind: 'unchanged'; readonly identity: PolicyIdentity };

export interface PolicyLifecycle extends PolicyHolder {
  /** Brings the newest policy in. @throws Failure with the reason; what served before goes on serving */
  activate(): Promise<Activation>;
  close(): void;
}

export interface LifecycleOptions {
  /** Entry point of decisions, such as `turnpike/decision`. */
  readonly entrypoint: string;
  /** Milliseconds after the last successful sync at which the policy counts as stale; default: never. */
  readonly maxAgeMs?: number;
}

export interface LifecycleDependencies {
  readonly load: LoadPolicy;
  readonly makeEvaluator: EvaluatorFactory;
  readonly clock: Clock;
  /** Inputs such as are asked now, to warm the next policy with. */
  readonly warmupInputs?: () => readonly unknown[];
}

export function createPolicyLifecycle(dependencies: LifecycleDependencies, options: LifecycleOptions): PolicyLifecycle {
  const { load, makeEvaluator, clock } = dependencies;
  let active: Extract<PolicyStatus, { kind: 'serving' }> | undefined;
  let lastFailure: string | undefined;
  let running: Promise<Activation> | undefined;

  const activateOnce = async (): Promise<Activation> => {
    const loaded = await load();
    const identity = { revision: loaded.revision, digest: loaded.digest, entrypoint: options.entrypoint };
    const unchanged = active !== undefined && sameIdentity(active.policy.identity, identity);
    // The replaced evaluator is not closed: a decision that waits for its facts may still hold it.
    const policy =
      unchanged && active !== undefined
        ? active.policy
        : await prepare(loaded, identity, (program) => makeEvaluator(program, dependencies.warmupInputs?.()));
    active = { kind: 'serving', policy, syncedAtMs: clock.nowMs() };
    lastFailure = undefined;
    return { kind: unchanged ? 'unchanged' : 'activated', identity };
  };

  return {
    status(): PolicyStatus {
      if (active === undefined) {
        return { kind: 'never_activated', ...(lastFailure === undefined ? {} : { why: lastFailure }) };
      }
      const { maxAgeMs } = options;
      const ageMs = maxAgeMs === undefined ? 0 : clock.nowMs() - active.syncedAtMs;
      if (maxAgeMs !== undefined && ageMs > maxAgeMs) {
        const why = lastFailure ?? `last synchronised ${Math.round(ageMs / 1000)} s ago, at most ${maxAgeMs / 1000} s`;
        return { ...active, kind: 'stale', why };
      }
      if (lastFailure !== undefined) return { ...active, kind: 'serving_last_good', why: lastFailure };
      // The same object every time: it is asked for several times in a call.
      return active;
    },
    activate() {
      // Two activations at once would race for the swap: the second waits for, and shares, the first.
      running ??= activateOnce()
        .catch((reason: unknown) => {
          const failure = Failure.from(reason);
          lastFailure = failure.message;
          throw failure;
        })
        .finally(() => {
          running = undefined;
        });
      return running;
    },
    close() {
      active?.policy.evaluator.close();
      active = undefined;
    },
  };
}

async function prepare(
  loaded: LoadedPolicy,
  identity: PolicyIdentity,
  makeEvaluator: EvaluatorFactory,
): Promise<ActivePolicy> {
  const data = parseData(loaded.program.dataJson);
  const prices = compilePrices(data);
  const evaluator = await makeEvaluator(loaded.program).catch((reason: unknown) => {
    throw placed(Failure.from(reason), loaded.builtinPlaces);
  });
  if (!evaluator.entrypoints.has(identity.entrypoint)) {
    const known = [...evaluator.entrypoints].join(', ');
    evaluator.close();
    throw new Failure('bundle_invalid', `entry point "${identity.entrypoint}": the bundle has only ${known}`);
  }
  return { identity, evaluator, prices, budgets: compileBudgets(data), catalogue: readCatalogue(data) };
}

/** A missing builtin is told with the place of its call, where the bundle knows it. */
function placed(failure: Failure, places: ReadonlyMap<string, string> | undefined): Failure {
  if (failure.code !== 'builtin_missing' || places === undefined) return failure;
  const faults = failure.faults.map(({ at: name, message }) => ({
    at: places.get(name) ?? name,
    message: `${name}: ${message}`,
  }));
  const where = faults.map(({ at, message }) => `${at}: ${message}`).join('; ');
  return new Failure('builtin_missing', `policy calls builtins that the evaluator lacks: ${where}`, {
    cause: failure,
    faults,
  });
}

function parseData(dataJson: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(dataJson));
  } catch (cause) {
    throw new Failure('bundle_invalid', 'data.json: is not JSON', { cause });
  }
}

const sameIdentity = (a: PolicyIdentity, b: PolicyIdentity): boolean =>
  a.revision === b.revision && a.digest === b.digest && a.entrypoint === b.entrypoint;
