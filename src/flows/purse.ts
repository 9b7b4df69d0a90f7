/**
 * The money of one call: what each attempt may cost is held in every budget of the decision, what it came to is
 * settled, and written to the ledger. Fails closed: where it cannot be known that the budgets bear an attempt, it is
 * not made, unless policy said what to do while the accounts are away.
 */
import type { Account, HoldRequest, HoldResult } from '../core/account.ts';
import type { AttemptRecord } from '../core/attempt.ts';
import type { Call } from '../core/call.ts';
import type { AllowDocument } from '../core/decision.ts';
import type { Spender } from '../core/demand.ts';
import { Failure } from '../core/failure.ts';
import type { AttemptEntry } from '../core/ledger-entry.ts';
import type { Clock } from '../engine/clock.ts';
import type { MadeDecision } from '../engine/engine.ts';
import type { Funds, FundsAnswer, FundsRequest, HeldFunds } from '../executor/funds.ts';
import { HeldAttempt } from './held-attempt.ts';
import { answeredHold, holdOptions, LEASE_GRACE_MS, tellShort } from './hold-terms.ts';
import type { Money } from './money.ts';

export interface Purse extends Funds {
  /** Attempts from now on are paid by the budgets of this decision. */
  follow(decision: MadeDecision, plan: AllowDocument): void;
  /** Whether something is still being written. */
  isBusy(): boolean;
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

  const answered = (result: HoldResult, asked: HoldRequest): FundsAnswer => {
    switch (result.kind) {
      case 'held':
        limitsTaken = true;
        return { kind: 'held', held: heldFunds(asked, result.fence) };
      case 'short':
        tellShort(money, result, asked.accounts);
        return {
          kind: 'short',
          freeNano: result.freeNano,
          failure: answeredHold(result, asked.accounts, clock.nowMs()),
        };
      case 'throttled':
        return { kind: 'refused', failure: answeredHold(result, asked.accounts, clock.nowMs()) };
    }
  };

  const heldFunds = (asked: HoldRequest, fence: string): HeldFunds => {
    // The decision may be asked again before this attempt ends.
    const made = decision;
    return new HeldAttempt({
      money,
      asked,
      fence,
      entryOf: (record, chargedNano) => entryOf(record, made, asked.accounts, chargedNano),
      writing(done) {
        writing += 1;
        void done.then(written);
      },
      released() {
        limitsTaken = limitsTaken && asked.rates.length === 0;
      },
    });
  };

  const { subject, key_id: keyId } = spender.caller;
  const ofCall = {
    kind: 'attempt',
    source: 'gateway',
    callId,
    operation: call.operation,
    ...(subject === undefined ? undefined : { subject }),
    ...(keyId === undefined ? undefined : { keyId }),
    ...(call.model === undefined ? undefined : { requestedModel: call.model }),
  } as const;

  const entryOf = (
    record: AttemptRecord,
    made: MadeDecision,
    accounts: readonly Account[],
    chargedNano: bigint,
  ): AttemptEntry => {
    const entry: AttemptEntry = {
      ...ofCall,
      id: `${callId}/${record.index}`,
      atMs: record.startedAtMs,
      decisionId: made.id,
      policyRevision: made.policy.revision,
      policyDigest: made.policy.digest,
      target: record.target,
      attribution: made.document.attribution,
      accounts: accounts.map(({ key }) => key),
      chargedNano,
      index: record.index,
      reason: record.reason,
      outcome: record.outcome,
      durationMs: record.durationMs,
      usage: record.usage,
      cost: record.cost,
    };
    return record.firstTokenMs === undefined ? entry : { ...entry, firstTokenMs: record.firstTokenMs };
  };

  return {
    follow(next, document) {
      decision = next;
      plan = document;
    },
    // No accessor: an object that has one in its literal gets a hidden class of its own, which only a full collection
    // of garbage takes away, and with it all that the call had.
    isBusy: () => writing > 0,
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
          return { kind: 'held', held: heldFunds(asked, '') };
        }
        const startedAtMs = clock.nowMs();
        const terms = holdOptions(plan.hold, request.deadlineAtMs - startedAtMs, waitedMs);
        const result = money.accounts.hold(asked, { ...terms, signal });
        if (!(result instanceof Promise)) return answered(result, asked);
        return result.then(
          (found) => {
            waitedMs += clock.nowMs() - startedAtMs;
            return answered(found, asked);
          },
          (reason: unknown) => ({ kind: 'refused', failure: Failure.from(reason) }),
        );
      } catch (reason) {
        return { kind: 'refused', failure: Failure.from(reason) };
      }
    },
  };
}
