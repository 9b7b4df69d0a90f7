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
import type { ClaimedDecision, HeldDecision, HeldDecisions } from './held-decisions.ts';
import { answeredHold, holdOptions, LEASE_GRACE_MS, tellShort } from './hold-terms.ts';
import type { Money } from './money.ts';
import type { RecentDecision } from './recent-decisions.ts';
import { carryOut } from './settlement.ts';

export interface DecisionHolds {
  /** @returns the decision, or a refusal in its place where budgets or limits do not bear its call */
  hold(decision: MadeDecision, spender: Spender, call: Call): Promise<Failure | undefined>;
  /** Of a decision that this replica need not have made; undefined: it is not known, or nobody can be asked. */
  find(decisionId: string): Promise<RecentDecision | undefined>;
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

export interface DecisionHoldsDependencies {
  readonly money: Money;
  readonly decisions: HeldDecisions;
  readonly clock: Clock;
  readonly prices: () => PriceBook;
}

export function createDecisionHolds({ money, decisions, clock, prices }: DecisionHoldsDependencies): DecisionHolds {
  const { warn } = money;

  /** Where nobody can be asked, what is told is written down all the same. */
  const claimed = async ({ id, decision_id: decisionId }: AttemptReport): Promise<ClaimedDecision | undefined> => {
    try {
      return await decisions.claim(decisionId, id);
    } catch (reason) {
      warn(`report ${id}: is written and not settled: its decision is not known here: ${Failure.from(reason).message}`);
      return undefined;
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
        const asked = { id: `${decision.id}/1`, isNew: true, amountNano, accounts, ...limits, leaseMs };
        const result = await money.accounts.hold(asked, holdOptions(document.hold, document.envelope.deadline_ms));
        if (result.kind === 'short') tellShort(money, result, accounts);
        if (result.kind !== 'held') return answeredHold(result, accounts, nowMs);
        const held: HeldDecision = {
          holdId: asked.id,
          fence: result.fence,
          accounts,
          boundNano: amountNano,
          policy: decision.policy,
          operation: call.operation,
          ...(call.model === undefined ? undefined : { requestedModel: call.model }),
          attribution: document.attribution,
        };
        decisions.remember(decision.id, held, leaseMs);
        return undefined;
      } catch (reason) {
        return Failure.from(reason);
      }
    },
    async find(decisionId) {
      const held = await decisions.find(decisionId).catch(() => undefined);
      return held && { id: decisionId, attribution: held.attribution };
    },
    async settle(fact) {
      const { report } = fact;
      const { held, place = 0 } = (await claimed(report)) ?? {};
      const chargedNano = chargedNanoOf(fact.cost, held?.boundNano ?? 0n);
      const entry = entryOf(fact, held, place, chargedNano);
      const accounts = held?.accounts ?? [];
      // A further attempt of the same call was not held: it is recorded as what came late.
      const settle = () =>
        held &&
        money.accounts.settle({
          id: place === 0 ? held.holdId : `${held.holdId}+${report.id}`,
          fence: held.fence,
          costNano: chargedNano,
          accounts,
        });
      const failed = (what: 'settle' | 'write'): void =>
        warn(
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

function entryOf(
  fact: ReportedSpend,
  held: HeldDecision | undefined,
  place: number,
  chargedNano: bigint,
): AttemptEntry {
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
    index: place,
    reason: place === 0 ? 'initial' : 'retry',
    operation: held?.operation ?? 'chat',
    ...(held?.requestedModel === undefined ? undefined : { requestedModel: held.requestedModel }),
    outcome: report.outcome,
    durationMs,
    ...(report.first_token_ms === undefined ? undefined : { firstTokenMs: report.first_token_ms }),
    usage: meteredUsage(report.usage),
    cost,
  };
}
