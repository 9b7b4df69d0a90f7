/**
 * The money of calls that somebody else makes: an allow holds what its call may cost, a report of it settles that. A
 * call that is never reported gives its hold back when the lease ends.
 */
import type { Account } from '../core/account.ts';
import type { AttemptCost } from '../core/attempt.ts';
import { boundOf } from '../core/attempt-cost.ts';
import type { Call } from '../core/call.ts';
import type { AllowDocument, Attribution, RefusalDocument } from '../core/decision.ts';
import type { Spender } from '../core/demand.ts';
import { Failure } from '../core/failure.ts';
import { type AttemptEntry, chargedNanoOf } from '../core/ledger-entry.ts';
import type { PriceBook } from '../core/price-card.ts';
import { type AttemptReport, meteredUsage } from '../core/report.ts';
import type { Clock } from '../engine/clock.ts';
import type { MadeDecision } from '../engine/engine.ts';
import { answeredHold, holdOptions, LEASE_GRACE_MS, tellShort } from './hold-terms.ts';
import type { Money } from './money.ts';
import { carryOut } from './settlement.ts';

export interface DecisionHolds {
  /** @returns the decision, or a refusal in its place where budgets or limits do not bear its call */
  hold(decision: MadeDecision, spender: Spender, call: Call): Promise<Failure | undefined>;
  /** Resolves when it is durable. Never rejects. */
  settle(fact: ReportedSpend): Promise<void>;
}

export interface ReportedSpend {
  readonly report: AttemptReport;
  readonly attribution: Attribution;
  readonly cost: AttemptCost;
  readonly receivedAtMs: number;
  /** Of who reports. */
  readonly subject: string | undefined;
}

interface Held {
  readonly id: string;
  readonly fence: string;
  readonly accounts: readonly Account[];
  readonly boundNano: bigint;
  readonly policy: MadeDecision['policy'];
  readonly operation: Call['operation'];
  readonly requestedModel: string | undefined;
  settled: number;
}

/** Decisions whose holds this process knows; of one that is forgotten the lease ends. */
const REMEMBERED = 65_536;

export function createDecisionHolds(money: Money, clock: Clock, prices: () => PriceBook): DecisionHolds {
  const known = new Map<string, Held>();

  const remember = (decisionId: string, held: Held): void => {
    known.set(decisionId, held);
    for (const oldest of known.keys()) {
      if (known.size <= REMEMBERED) break;
      known.delete(oldest);
    }
  };

  return {
    async hold(decision, spender, call) {
      const { document } = decision;
      if (document.outcome !== 'allow') return undefined;
      const nowMs = clock.nowMs();
      try {
        const amountNano = bound(document, call, prices(), nowMs);
        const accounts = accountsOf(document, (target) =>
          money.demands.accounts(document.budgets, spender, target, nowMs),
        );
        const output = Math.max(...document.route.map((step) => step.max_output_tokens));
        const limits = money.demands.limits(document.limits, spender, (call.input_tokens ?? 0) + output);
        const leaseMs = document.envelope.deadline_ms + LEASE_GRACE_MS;
        const asked = { id: `${decision.id}/1`, amountNano, accounts, ...limits, leaseMs };
        const result = await money.accounts.hold(asked, holdOptions(document.hold, document.envelope.deadline_ms));
        if (result.kind === 'short') tellShort(money, result, accounts);
        if (result.kind !== 'held') return answeredHold(result, accounts, nowMs);
        remember(decision.id, {
          id: asked.id,
          fence: result.fence,
          accounts,
          boundNano: amountNano,
          policy: decision.policy,
          operation: call.operation,
          requestedModel: call.model,
          settled: 0,
        });
        return undefined;
      } catch (reason) {
        return Failure.from(reason);
      }
    },
    async settle(fact) {
      const { report } = fact;
      const held = known.get(report.decision_id);
      const chargedNano = chargedNanoOf(fact.cost, held?.boundNano ?? 0n);
      const entry = entryOf(fact, held, chargedNano);
      if (held !== undefined) held.settled += 1;
      const first = held?.settled === 1;
      const accounts = held?.accounts ?? [];
      // A further attempt of the same call was not held: it is recorded as what came late.
      const settle = () =>
        held &&
        money.accounts.settle({
          id: first ? held.id : `${held.id}+${report.id}`,
          fence: held.fence,
          costNano: chargedNano,
          accounts,
        });
      const failed = (what: 'settle' | 'write'): void =>
        money.warn(
          what === 'settle'
            ? `report ${report.id}: could not be settled`
            : `ledger: report ${report.id} was not written`,
        );
      await carryOut({ accounts, settle, entry, failed }, money);
    },
  };
}

/** A decision that its budgets do not bear, as who asked for it is told. */
export function refusedFor(failure: Failure, document: AllowDocument): RefusalDocument {
  const { rule = 'budget.hold', reason = failure.code, retryAfterMs } = failure.details;
  return {
    outcome: failure.code === 'throttled' ? 'throttle' : 'deny',
    reasons: [{ code: reason, rule, message: failure.message }],
    route: [],
    budgets: document.budgets,
    limits: document.limits,
    obligations: [],
    attribution: document.attribution,
    ...(failure.code !== 'throttled' || retryAfterMs === undefined
      ? undefined
      : { retry_after_ms: Math.ceil(retryAfterMs) }),
  };
}

/** The dearest of its targets; all that policy lets it spend, where the call does not say how long it is. */
function bound({ route, envelope }: AllowDocument, call: Call, book: PriceBook, nowMs: number): bigint {
  const most = BigInt(envelope.max_cost_nano_usd);
  const { input_tokens: input } = call;
  if (input === undefined) return most;
  let dearest = 0n;
  for (const { target, max_output_tokens: output } of route) {
    const cost = boundOf(book, target, { input, output }, nowMs) ?? 0n;
    if (cost > dearest) dearest = cost;
  }
  return dearest < most ? dearest : most;
}

/** Of every target that may serve it, each account once. */
function accountsOf({ route }: AllowDocument, of: (target: string) => readonly Account[]): readonly Account[] {
  const byKey = new Map<string, Account>();
  for (const { target } of route) for (const account of of(target)) byKey.set(account.key, account);
  return [...byKey.values()];
}

function entryOf(fact: ReportedSpend, held: Held | undefined, chargedNano: bigint): AttemptEntry {
  const { report, attribution, cost, receivedAtMs, subject } = fact;
  const durationMs = report.duration_ms ?? 0;
  return {
    kind: 'attempt',
    source: 'report',
    id: `${report.decision_id}/report/${report.id}`,
    callId: report.decision_id,
    atMs: receivedAtMs - durationMs,
    decisionId: report.decision_id,
    policyRevision: held?.policy.revision ?? '',
    policyDigest: held?.policy.digest ?? '',
    target: report.target,
    attribution,
    ...(subject === undefined ? undefined : { subject }),
    accounts: held?.accounts.map(({ key }) => key) ?? [],
    chargedNano: held === undefined ? 0n : chargedNano,
    index: held === undefined ? 0 : held.settled,
    reason: held === undefined || held.settled === 0 ? 'initial' : 'retry',
    operation: held?.operation ?? 'chat',
    ...(held?.requestedModel === undefined ? undefined : { requestedModel: held.requestedModel }),
    outcome: report.outcome,
    durationMs,
    ...(report.first_token_ms === undefined ? undefined : { firstTokenMs: report.first_token_ms }),
    usage: meteredUsage(report.usage),
    cost,
  };
}
