/**
 * The money of one call: what each attempt may cost is held in every budget of the decision, what it came to is
 * settled, and written to the ledger. Fails closed: where it cannot be known that the budgets bear an attempt, it is
 * not made, unless policy said what to do while the accounts are away.
 */
import type { HoldRequest, HoldResult } from '../core/account.ts';
import type { AttemptRecord } from '../core/attempt.ts';
import type { Call } from '../core/call.ts';
import type { CancelSignal } from '../core/cancellation.ts';
import type { AllowDocument } from '../core/decision.ts';
import type { Spender } from '../core/demand.ts';
import { Failure } from '../core/failure.ts';
import type { AttemptEntry } from '../core/ledger-entry.ts';
import type { Clock } from '../engine/clock.ts';
import type { MadeDecision } from '../engine/engine.ts';
import type { Funds, FundsAnswer, FundsRequest, HeldFunds } from '../executor/funds.ts';
import { HeldAttempt, type Payer } from './held-attempt.ts';
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

export const openPurse = (money: Money, clock: Clock, call: PurseCall): Purse => new CallPurse(money, clock, call);

/** What the entries of all attempts of a call say. */
type OfCall = Pick<AttemptEntry, 'kind' | 'source' | 'callId' | 'operation' | 'subject' | 'keyId' | 'requestedModel'>;

/** A class, so that a call makes one object here and not one for each thing that a purse can be asked. */
class CallPurse implements Purse, Payer {
  private readonly money: Money;
  private readonly clock: Clock;
  private readonly spender: Spender;
  private readonly ofCall: OfCall;
  private decision: MadeDecision;
  private plan: AllowDocument;
  private holds = 0;
  private waitedMs = 0;
  private limitsTaken = false;
  private writes = 0;
  private idle: (() => void) | undefined;
  private readonly written = (): void => {
    this.writes -= 1;
    if (this.writes === 0) this.idle?.();
  };

  constructor(money: Money, clock: Clock, { spender, call, decision, plan }: PurseCall) {
    this.money = money;
    this.clock = clock;
    this.spender = spender;
    this.decision = decision;
    this.plan = plan;
    const { subject, key_id: keyId } = spender.caller;
    this.ofCall = {
      kind: 'attempt',
      source: 'gateway',
      callId: decision.id,
      operation: call.operation,
      ...(subject === undefined ? undefined : { subject }),
      ...(keyId === undefined ? undefined : { keyId }),
      ...(call.model === undefined ? undefined : { requestedModel: call.model }),
    };
  }

  follow(decision: MadeDecision, plan: AllowDocument): void {
    this.decision = decision;
    this.plan = plan;
  }

  isBusy(): boolean {
    return this.writes > 0;
  }

  settled(): Promise<void> {
    if (this.writes === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.idle = resolve;
    });
  }

  hold(request: FundsRequest, signal: CancelSignal): FundsAnswer | Promise<FundsAnswer> {
    const { clock, money, plan } = this;
    try {
      const startedAtMs = clock.nowMs();
      const asked = this.demand(request, startedAtMs);
      if (asked.accounts.length === 0 && asked.rates.length === 0 && asked.slots.length === 0) {
        return { kind: 'held', held: this.heldFunds(asked, '') };
      }
      const terms = holdOptions(plan.hold, request.deadlineAtMs - startedAtMs, this.waitedMs);
      const result = money.accounts.hold(asked, { ...terms, signal });
      if (!(result instanceof Promise)) return this.answered(result, asked);
      return result.then(
        (found) => {
          this.waitedMs += clock.nowMs() - startedAtMs;
          return this.answered(found, asked);
        },
        (reason: unknown) => ({ kind: 'refused', failure: Failure.from(reason) }),
      );
    } catch (reason) {
      return { kind: 'refused', failure: Failure.from(reason) };
    }
  }

  writing(done: Promise<void>): void {
    this.writes += 1;
    void done.then(this.written);
  }

  released(asked: HoldRequest): void {
    this.limitsTaken = this.limitsTaken && asked.rates.length === 0;
  }

  entryOf(record: AttemptRecord, made: MadeDecision, asked: HoldRequest, chargedNano: bigint): AttemptEntry {
    const entry: AttemptEntry = {
      ...this.ofCall,
      id: `${this.ofCall.callId}/${record.index}`,
      atMs: record.startedAtMs,
      decisionId: made.id,
      policyRevision: made.policy.revision,
      policyDigest: made.policy.digest,
      target: record.target,
      attribution: made.document.attribution,
      accounts: asked.accounts.map(({ key }) => key),
      chargedNano,
      index: record.index,
      reason: record.reason,
      outcome: record.outcome,
      durationMs: record.durationMs,
      usage: record.usage,
      cost: record.cost,
    };
    return record.firstTokenMs === undefined ? entry : { ...entry, firstTokenMs: record.firstTokenMs };
  }

  private demand({ target, boundNano = 0n, tokens, deadlineAtMs }: FundsRequest, nowMs: number): HoldRequest {
    const { money, plan, spender } = this;
    const accounts = money.demands.accounts(plan.budgets, spender, target, nowMs);
    const { rates, slots } = money.demands.limits(plan.limits, spender, tokens);
    this.holds += 1;
    return {
      id: `${this.ofCall.callId}/${this.holds}`,
      isNew: true,
      amountNano: boundNano,
      accounts,
      // A call counts once, a place is taken by each of its attempts.
      rates: this.limitsTaken ? [] : rates,
      slots,
      leaseMs: Math.max(0, deadlineAtMs - nowMs) + LEASE_GRACE_MS,
    };
  }

  private answered(result: HoldResult, asked: HoldRequest): FundsAnswer {
    switch (result.kind) {
      case 'held':
        this.limitsTaken = true;
        return { kind: 'held', held: this.heldFunds(asked, result.fence) };
      case 'short':
        tellShort(this.money, result, asked.accounts);
        return {
          kind: 'short',
          freeNano: result.freeNano,
          failure: answeredHold(result, asked.accounts, this.clock.nowMs()),
        };
      case 'throttled':
        return { kind: 'refused', failure: answeredHold(result, asked.accounts, this.clock.nowMs()) };
    }
  }

  /** The decision may be asked again before this attempt ends: it is paid under the one that it was made by. */
  private heldFunds(asked: HoldRequest, fence: string): HeldFunds {
    return new HeldAttempt({ money: this.money, asked, fence, made: this.decision, payer: this });
  }
}
