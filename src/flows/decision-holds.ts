/**
 * The money of calls that somebody else makes: an allow holds what its call may cost, a report of it settles that,
 * wherever it comes. A call that is never reported gives its hold back when the lease ends.
 */
import { createHash } from 'node:crypto';
import type { Account, SettleResult } from '../core/account.ts';
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
import type { Claim, Claimed, HeldDecision, HeldDecisions } from './held-decisions.ts';
import { answeredHold, holdOptions, LEASE_GRACE_MS, tellShort } from './hold-terms.ts';
import type { Money } from './money.ts';
import { carryOut } from './settlement.ts';

export interface DecisionHolds {
  /** @returns the decision, or a refusal in its place where budgets or limits do not bear its call */
  hold(decision: MadeDecision, spender: Spender, call: Call): Promise<Failure | undefined>;
  /**
   * What is known of the decision that is reported on, and that this is a report of it.
   * @throws Failure `unavailable` where nobody can say; `isOurs`, made in this process, is known here or nowhere
   */
  claim(
    report: AttemptReport,
    reporter: { readonly team: string | undefined; readonly isOurs: boolean },
  ): Promise<Claim>;
  /** Resolves when it is durable. Never rejects. */
  settle(fact: ReportedSpend): Promise<void>;
}

export interface ReportedSpend {
  readonly report: AttemptReport;
  /** Undefined: nothing is known to be held for it; it is written down, and nobody is charged. */
  readonly claimed: Claimed | undefined;
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
        const held: HeldDecision = {
          id: decision.id,
          holdId: asked.id,
          accounts,
          boundNano: amountNano,
          policy: { revision: decision.policy.revision, digest: decision.policy.digest },
          operation: call.operation,
          requestedModel: call.model,
          attribution: document.attribution,
        };
        const terms = holdOptions(document.hold, document.envelope.deadline_ms);
        const result = await money.accounts.hold(asked, { ...terms, decision: held });
        if (result.kind === 'short') tellShort(money, result, accounts);
        if (result.kind !== 'held') return answeredHold(result, accounts, nowMs);
        decisions.remember(held, result.fence);
        return undefined;
      } catch (reason) {
        return Failure.from(reason);
      }
    },
    async claim(report, { team, isOurs }) {
      const { id, decision_id: decisionId } = report;
      try {
        return await decisions.claim({ decisionId, reportId: id, content: digestOf(report), team });
      } catch (cause) {
        if (isOurs) return { kind: 'unknown' };
        money.warn(`report ${id}: nobody can say now what its decision holds, it was not taken`);
        const message = `report "${id}": its decision is not known here, and nobody else can be asked now: tell it again`;
        throw new Failure('unavailable', message, { cause });
      }
    },
    async settle(fact) {
      const { report, claimed } = fact;
      const chargedNano = chargedNanoOf(fact.cost, claimed?.held.boundNano ?? 0n);
      const failed = (what: 'settle' | 'write'): void =>
        money.warn(
          what === 'settle'
            ? `report ${report.id}: could not be settled`
            : `ledger: report ${report.id} was not written`,
        );
      const settle = (): Promise<SettleResult> | undefined =>
        claimed === undefined || claimed.standing === 'settled' ? undefined : settled(claimed, report.id, chargedNano);
      const accounts = claimed?.held.accounts ?? [];
      await carryOut({ accounts, settle, entry: entryOf(fact, chargedNano), failed }, money);
    },
  };

  /** A further attempt of the same call was not held: it is recorded as what came late. */
  async function settled({ held, fence, settlesHold }: Claimed, reportId: string, costNano: bigint) {
    const id = settlesHold ? held.holdId : `${held.holdId}+${reportId}`;
    const result = await money.accounts.settle({ id, fence, costNano, accounts: held.accounts });
    decisions.settled(held.id, reportId);
    return result;
  }
}

const digestOf = (report: AttemptReport): string =>
  createHash('sha256').update(JSON.stringify(report)).digest('base64url');

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

function entryOf(fact: ReportedSpend, chargedNano: bigint): AttemptEntry {
  const { report, claimed, attribution, cost, receivedAtMs, subject } = fact;
  const held = claimed?.held;
  const index = claimed?.index ?? 0;
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
    index,
    reason: index === 0 ? 'initial' : 'retry',
    operation: held?.operation ?? 'chat',
    ...(held?.requestedModel === undefined ? undefined : { requestedModel: held.requestedModel }),
    outcome: report.outcome,
    durationMs,
    ...(report.first_token_ms === undefined ? undefined : { firstTokenMs: report.first_token_ms }),
    usage: meteredUsage(report.usage),
    cost,
  };
}
