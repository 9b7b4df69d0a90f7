/**
 * The money of one call: what each attempt may cost is held in every budget of the decision, what it came to is
 * settled, and written to the ledger. Fails closed: where it cannot be known that the budgets bear an attempt, it is
 * not made, unless policy said what to do while the accounts are away.
 */
import type { Account, HoldRequest, HoldResult, RateDemand, SettleRequest } from '../core/account.ts';
import type { AttemptRecord } from '../core/attempt.ts';
import type { Call } from '../core/call.ts';
import type { AllowDocument } from '../core/decision.ts';
import { Failure } from '../core/failure.ts';
import type { AttemptEntry } from '../core/ledger-entry.ts';
import type { Clock } from '../engine/clock.ts';
import type { MadeDecision } from '../engine/engine.ts';
import type { Funds, FundsAnswer, FundsRequest, HeldFunds } from '../executor/funds.ts';
import { answeredHold, holdOptions, LEASE_GRACE_MS } from './hold-terms.ts';
import type { Money, Spender } from './money.ts';

export interface Purse extends Funds {
  /** Attempts from now on are paid by the budgets of this decision. */
  follow(decision: MadeDecision, plan: AllowDocument): void;
  /** Whether something is still being written. */
  readonly busy: boolean;
  /** Resolves when everything that was settled so far is durable. Never rejects. */
  settled(): Promise<void>;
}

export interface PurseCall {
  readonly spender: Spender;
  readonly call: Call;
  readonly decision: MadeDecision;
  readonly plan: AllowDocument;
}

export function openPurse(money: Money, clock: Clock, { spender, call, ...first }: PurseCall): Purse {
  const callId = first.decision.id;
  let { decision, plan } = first;
  let holds = 0;
  let waitedMs = 0;
  let limitsTaken = false;
  let writing = 0;
  let idle: (() => void) | undefined;

  const written = (): void => {
    writing -= 1;
    if (writing === 0) idle?.();
  };

  const demand = (request: FundsRequest, boundNano: bigint): HoldRequest => {
    const nowMs = clock.nowMs();
    const accounts = money.demands.accounts(plan.budgets, spender, request.target, nowMs);
    const { rates, slots } = money.demands.limits(plan.limits, spender, request.tokens);
    holds += 1;
    return {
      id: `${callId}/${holds}`,
      amountNano: boundNano,
      accounts,
      // A call counts once, a place is taken by each of its attempts.
      rates: limitsTaken ? [] : rates,
      slots,
      leaseMs: Math.max(0, request.deadlineAtMs - nowMs) + LEASE_GRACE_MS,
    };
  };

  const answered = (result: HoldResult, asked: HoldRequest, boundNano: bigint): FundsAnswer => {
    switch (result.kind) {
      case 'held':
        limitsTaken = true;
        return { kind: 'held', held: heldFunds(asked, result.fence, boundNano) };
      case 'short':
        return {
          kind: 'short',
          freeNano: result.freeNano,
          failure: answeredHold(result, asked.accounts, clock.nowMs()),
        };
      case 'throttled':
        return { kind: 'refused', failure: answeredHold(result, asked.accounts, clock.nowMs()) };
    }
  };

  const heldFunds = (asked: HoldRequest, fence: string, boundNano: bigint): HeldFunds => {
    // The decision may be asked again before this attempt ends.
    const made = decision;
    const settle = async (costNano: bigint, refunds: readonly Refund[], entry: AttemptEntry | undefined) => {
      writing += 1;
      const { id, accounts } = asked;
      try {
        const appended = entry === undefined ? undefined : money.ledger.append(entry);
        const [outcome, durable] = await Promise.allSettled([
          money.accounts.settle({ id, fence, costNano, accounts, ...(refunds.length === 0 ? undefined : { refunds }) }),
          appended,
        ]);
        if (outcome.status === 'rejected') money.warn(`hold ${id}: could not be settled: ${text(outcome.reason)}`);
        if (durable.status === 'rejected') money.warn(`ledger: entry ${id} was not written: ${text(durable.reason)}`);
        const balances =
          outcome.status === 'fulfilled' && outcome.value.kind !== 'duplicate' ? outcome.value.balances : [];
        if (entry !== undefined) money.settled({ entry, accounts, balances });
      } finally {
        written();
      }
    };
    return {
      settle(record) {
        const chargedNano = charged(record, boundNano);
        const entry = entryOf(record, made, asked.accounts, chargedNano);
        void settle(chargedNano, refundsOf(asked.rates, usedTokens(record)), entry);
      },
      release() {
        limitsTaken = limitsTaken && asked.rates.length === 0;
        void settle(
          0n,
          asked.rates.map((rate) => ({ rate, units: rate.take })),
          undefined,
        );
      },
    };
  };

  const entryOf = (
    record: AttemptRecord,
    made: MadeDecision,
    accounts: readonly Account[],
    chargedNano: bigint,
  ): AttemptEntry => ({
    kind: 'attempt',
    source: 'gateway',
    id: `${callId}/${record.index}`,
    callId,
    atMs: record.startedAtMs,
    decisionId: made.id,
    policyRevision: made.policy.revision,
    policyDigest: made.policy.digest,
    target: record.target,
    attribution: made.document.attribution,
    ...(spender.caller.subject === undefined ? undefined : { subject: spender.caller.subject }),
    ...(spender.caller.key_id === undefined ? undefined : { keyId: spender.caller.key_id }),
    accounts: accounts.map(({ key }) => key),
    chargedNano,
    index: record.index,
    reason: record.reason,
    operation: call.operation,
    ...(call.model === undefined ? undefined : { requestedModel: call.model }),
    outcome: record.outcome,
    durationMs: record.durationMs,
    ...(record.firstTokenMs === undefined ? undefined : { firstTokenMs: record.firstTokenMs }),
    usage: record.usage,
    cost: record.cost,
  });

  return {
    follow(next, document) {
      decision = next;
      plan = document;
    },
    get busy() {
      return writing > 0;
    },
    settled: () =>
      writing === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            idle = resolve;
          }),
    hold(request, signal) {
      const { boundNano = 0n } = request;
      try {
        const asked = demand(request, boundNano);
        if (asked.accounts.length === 0 && asked.rates.length === 0 && asked.slots.length === 0) {
          return { kind: 'held', held: heldFunds(asked, '', boundNano) };
        }
        const startedAtMs = clock.nowMs();
        const terms = holdOptions(plan.hold, request.deadlineAtMs - startedAtMs, waitedMs);
        const result = money.accounts.hold(asked, { ...terms, signal });
        if (!(result instanceof Promise)) return answered(result, asked, boundNano);
        return result.then(
          (found) => {
            waitedMs += clock.nowMs() - startedAtMs;
            return answered(found, asked, boundNano);
          },
          (reason: unknown) => ({ kind: 'refused', failure: Failure.from(reason) }),
        );
      } catch (reason) {
        return { kind: 'refused', failure: Failure.from(reason) };
      }
    },
  };
}

/** What it cost; its bound, where nobody knows. What has no price is charged nothing, and is told as such. */
function charged({ cost }: AttemptRecord, boundNano: bigint): bigint {
  switch (cost.kind) {
    case 'priced':
      return cost.items.totalNano;
    case 'none':
    case 'unpriced':
      return 0n;
    case 'unknown':
      return boundNano;
  }
}

const usedTokens = ({ usage, cost }: AttemptRecord): number | undefined =>
  usage.kind === 'unknown' ? (cost.kind === 'none' ? 0 : undefined) : usage.tokens.input + usage.tokens.output;

type Refund = NonNullable<SettleRequest['refunds']>[number];

/** Tokens that were taken and not used. A request, which takes one unit, stays taken. */
function refundsOf(rates: readonly RateDemand[], used: number | undefined): readonly Refund[] {
  if (used === undefined) return [];
  return rates.filter((rate) => rate.take > 1 && rate.take > used).map((rate) => ({ rate, units: rate.take - used }));
}

const text = (reason: unknown): string => Failure.from(reason).message;
