/** Wires the gateway: vendors, prices and health behind one executor, and the flow that every front door asks. */
import { boundOf, costOf } from './core/attempt-cost.ts';
import { contextOf, type PolicyStatus, pricesOf } from './engine/active-policy.ts';
import { SYSTEM_CLOCK } from './engine/clock.ts';
import type { Executor, Pricing } from './executor/execution.ts';
import { createExecutor, EXECUTOR_DEFAULTS, type ExecutorOptions } from './executor/executor.ts';
import type { Providers } from './executor/provider.ts';
import type { Gateway } from './flows/gateway.ts';
import { createGenerateFlow, type GenerateDependencies } from './flows/generate.ts';
import { createListModels } from './flows/list-models.ts';
import { createTurn } from './transport/turn.ts';

/** Of all places, at most: one target that hangs leaves the others the rest. */
const TARGET_SHARE = 0.5;

/**
 * @param status is asked at every attempt, so that new prices hold from the next one on
 * @param maxInFlight calls at once in all
 */
export function composeExecutor(
  providers: Providers,
  status: () => PolicyStatus,
  maxInFlight: number,
  options: Partial<ExecutorOptions> = {},
): Executor {
  const pricing: Pricing = {
    costOf: (target, usage, atMs) => costOf(pricesOf(status()), target, usage, atMs),
    boundOf: (target, tokens, atMs) => boundOf(pricesOf(status()), target, tokens, atMs),
    contextOf: (target) => contextOf(status(), target),
  };
  const board = { ...EXECUTOR_DEFAULTS.board, concurrency: Math.ceil(maxInFlight * TARGET_SHARE) };
  return createExecutor({ providers, pricing, clock: SYSTEM_CLOCK }, { ...EXECUTOR_DEFAULTS, board, ...options });
}

export function composeGateway(
  dependencies: Omit<GenerateDependencies, 'turn' | 'clock'> & { readonly status: () => PolicyStatus },
): Gateway {
  return {
    call: createGenerateFlow({ ...dependencies, clock: SYSTEM_CLOCK, turn: createTurn() }),
    models: createListModels(dependencies),
  };
}
