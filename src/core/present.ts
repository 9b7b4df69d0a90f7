/**
 * A decision as it goes over a wire: one flat document with snake_case fields, the same on every transport and in the
 * command line. What broke inside a policy (`fault`) stays inside; the reason's code says that something did.
 */
import type {
  Attribution,
  Decision,
  Envelope,
  Estimate,
  HoldTerms,
  Obligation,
  Outcome,
  PolicyIdentity,
  Reason,
  RouteStep,
} from './decision.ts';
import type { AttemptOutcome } from './facts.ts';
import { formatInstant } from './instant.ts';

/** Nano-USD: a JSON number up to 2^53 - 1, a decimal string beyond, so that no reader loses a digit. */
export type NanoOnWire = number | string;

export type PresentedEstimate =
  | {
      readonly kind: 'priced';
      readonly target: string;
      readonly price_id: string;
      readonly input_nano_usd: NanoOnWire;
      readonly output_nano_usd: NanoOnWire;
      readonly total_nano_usd: NanoOnWire;
    }
  | { readonly kind: 'unpriced' | 'uncounted'; readonly target: string }
  | { readonly kind: 'none' };

/** `fallback_on` and `envelope` are there when the outcome is `allow`, and only then, as `hold` is where policy says it. */
export interface PresentedDecision {
  readonly id: string;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly route: readonly RouteStep[];
  readonly fallback_on?: readonly AttemptOutcome[];
  readonly hedge?: { readonly after_ms: number };
  readonly envelope?: Envelope;
  readonly hold?: HoldTerms;
  readonly budgets: readonly string[];
  readonly limits: readonly string[];
  readonly obligations: readonly Obligation[];
  readonly attribution: Attribution;
  readonly retry_after_ms?: number;
  readonly policy: PolicyIdentity;
  readonly estimate: PresentedEstimate;
  /** RFC 3339, UTC, milliseconds. */
  readonly decided_at: string;
}

export function presentDecision(decision: Decision): PresentedDecision {
  const { document } = decision;
  const { outcome, reasons, route, budgets, limits, obligations, attribution } = document;
  return {
    id: decision.id,
    outcome,
    reasons,
    route,
    ...(document.outcome === 'allow'
      ? {
          fallback_on: document.fallback_on,
          ...(document.hedge === undefined ? undefined : { hedge: document.hedge }),
          envelope: document.envelope,
          ...(document.hold === undefined ? undefined : { hold: document.hold }),
        }
      : undefined),
    budgets,
    limits,
    obligations,
    attribution,
    ...(document.outcome !== 'allow' && document.retry_after_ms !== undefined
      ? { retry_after_ms: document.retry_after_ms }
      : undefined),
    policy: decision.policy,
    estimate: presentEstimate(decision.estimate),
    decided_at: formatInstant(decision.decided_at_ms),
  };
}

function presentEstimate(estimate: Estimate): PresentedEstimate {
  switch (estimate.kind) {
    case 'priced': {
      const { cost } = estimate;
      return {
        kind: 'priced',
        target: cost.target,
        price_id: cost.price_id,
        input_nano_usd: presentNano(cost.input_nano_usd),
        output_nano_usd: presentNano(cost.output_nano_usd),
        total_nano_usd: presentNano(cost.total_nano_usd),
      };
    }
    case 'unpriced':
    case 'uncounted':
      return { kind: estimate.kind, target: estimate.target };
    case 'none':
      return { kind: 'none' };
  }
}

const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

/** @param nano an amount in nano-USD, of either sign */
export function presentNano(nano: bigint): NanoOnWire {
  return nano <= MAX_EXACT && nano >= -MAX_EXACT ? Number(nano) : nano.toString();
}
