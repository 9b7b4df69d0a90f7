/** What is held for one attempt, until it is settled with what that came to, or released. */
import type { HoldRequest, SettleRequest, SettleResult } from '../core/account.ts';
import type { AttemptRecord } from '../core/attempt.ts';
import { Failure } from '../core/failure.ts';
import { type AttemptEntry, chargedNanoOf } from '../core/ledger-entry.ts';
import type { MadeDecision } from '../engine/engine.ts';
import type { HeldFunds } from '../executor/funds.ts';
import type { Money } from './money.ts';
import { carryOut } from './settlement.ts';

export interface HeldAttemptOptions {
  readonly money: Money;
  readonly asked: HoldRequest;
  readonly fence: string;
  /** Under which it is made. */
  readonly made: MadeDecision;
  readonly payer: Payer;
}

/** The call that an attempt belongs to. */
export interface Payer {
  entryOf(record: AttemptRecord, made: MadeDecision, asked: HoldRequest, chargedNano: bigint): AttemptEntry;
  /** Told when writing starts, with what resolves when it is done. */
  writing(done: Promise<void>): void;
  /** Told when nothing was used, limits included. */
  released(asked: HoldRequest): void;
}

/** One hold of it: the first, and what a stream needed more. */
interface Part {
  readonly id: string;
  readonly fence: string;
  readonly nano: bigint;
}

export class HeldAttempt implements HeldFunds {
  private readonly options: HeldAttemptOptions;
  private readonly parts: [Part, ...Part[]];

  constructor(options: HeldAttemptOptions) {
    this.options = options;
    const { id, amountNano } = options.asked;
    this.parts = [{ id, fence: options.fence, nano: amountNano }];
  }

  settle(record: AttemptRecord): void {
    const chargedNano = chargedNanoOf(record.cost, this.boundNano());
    const { payer, made, asked } = this.options;
    const entry = payer.entryOf(record, made, asked, chargedNano);
    this.write(chargedNano, this.refunds(usedTokens(record)), entry);
  }

  release(): void {
    const { payer, asked } = this.options;
    payer.released(asked);
    const all = asked.rates.map((rate) => ({ rate, units: rate.take }));
    this.write(0n, all, undefined);
  }

  extend(moreNano: bigint): boolean | Promise<boolean> {
    const { money, asked } = this.options;
    const id = `${asked.id}+${this.parts.length}`;
    try {
      const result = money.accounts.hold({ ...asked, id, amountNano: moreNano, rates: [], slots: [] });
      const noted = (found: Awaited<typeof result>): boolean => {
        if (found.kind === 'held') this.parts.push({ id, fence: found.fence, nano: moreNano });
        return found.kind === 'held';
      };
      return result instanceof Promise ? result.then(noted, () => false) : noted(result);
    } catch {
      return false;
    }
  }

  private boundNano(): bigint {
    return this.parts.reduce((sum, { nano }) => sum + nano, 0n);
  }

  /** Tokens that were taken and not used. A request, which takes one unit, stays taken. */
  private refunds(used: number | undefined): Refunds {
    if (used === undefined) return [];
    return this.options.asked.rates
      .filter((rate) => rate.take > 1 && rate.take > used)
      .map((rate) => ({ rate, units: rate.take - used }));
  }

  private write(costNano: bigint, refunds: Refunds, entry: AttemptEntry | undefined): void {
    const { money, asked, payer } = this.options;
    const { id, accounts } = asked;
    const settle = () => this.settleParts(costNano, refunds);
    const failed = (what: 'settle' | 'write', reason: unknown): void =>
      money.warn(
        what === 'settle'
          ? `hold ${id}: was not settled: ${text(reason)}`
          : `ledger: ${id} was not written: ${text(reason)}`,
      );
    payer.writing(carryOut({ accounts, settle, entry, failed }, money));
  }

  /** Each part with its share of the cost, so that none is ever spent beyond what it holds while others still hold. */
  private settleParts(costNano: bigint, refunds: Refunds): SettleResult | Promise<SettleResult> {
    const { money, asked } = this.options;
    const [first, ...more] = this.parts;
    const last = more.pop();
    const request = (part: Part, nano: bigint): SettleRequest => ({
      id: part.id,
      fence: part.fence,
      costNano: nano,
      accounts: asked.accounts,
      ...(part === first && refunds.length > 0 ? { refunds } : undefined),
    });
    if (last === undefined) return money.accounts.settle(request(first, costNano));
    return this.settleInTurn([first, ...more], last, costNano, request);
  }

  private async settleInTurn(
    full: readonly Part[],
    last: Part,
    costNano: bigint,
    request: (part: Part, nano: bigint) => SettleRequest,
  ): Promise<SettleResult> {
    let left = costNano;
    for (const part of full) {
      const rest = left - part.nano;
      const nano = rest < 0n ? left : part.nano;
      left -= nano;
      await this.options.money.accounts.settle(request(part, nano));
    }
    return this.options.money.accounts.settle(request(last, left));
  }
}

type Refunds = NonNullable<SettleRequest['refunds']>;

/** Undefined: nobody knows. */
function usedTokens({ usage, cost }: AttemptRecord): number | undefined {
  if (usage.kind !== 'unknown') return usage.tokens.input + usage.tokens.output;
  return cost.kind === 'none' ? 0 : undefined;
}

const text = (reason: unknown): string => Failure.from(reason).message;
