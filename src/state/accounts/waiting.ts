/**
 * Patience: a call whose hold is refused for what others hold, or for a limit, waits for that as long as its policy
 * lets it. Who comes to wait stands in line behind those who wait for the same; who has no patience is answered at once
 * as before, also a stream that needs more while it runs. What is spent, not held, is not waited for.
 */
import type { HoldRequest, HoldResult, SettleRequest, SettleResult } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Accounts, HoldOptions } from '../../flows/accounts.ts';
import { comesBack, type Ending, type Refusal, type Timers, Waiter, WaitingLines } from './waiting-lines.ts';

export interface WaitingOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Between two looks at what other processes gave back; default 25 ms. */
  readonly pollMs?: number;
  /** How long the first of a line may keep those behind it waiting, and how long they may pass it then; default 1 s. */
  readonly turnMs?: number;
  /** Waiting at once; who comes then gets the first answer. Default 10,000. */
  readonly most?: number;
  /** From 0 to 1: replicas do not look all at once. */
  readonly random?: () => number;
}

export function createWaitingAccounts(inner: Accounts, options: WaitingOptions): Accounts {
  const { clock, timers, pollMs = 25, turnMs = 1_000, most = 10_000, random = Math.random } = options;
  const lines = new WaitingLines({ clock, timers, pollMs, turnMs, random });

  const settle = (request: SettleRequest): SettleResult | Promise<SettleResult> => {
    const result = inner.settle(request);
    if (!(result instanceof Promise)) return woken(request, result);
    return result.then((settled) => woken(request, settled));
  };
  const woken = ({ accounts, refunds = [] }: SettleRequest, result: SettleResult): SettleResult => {
    lines.wake(() => [...accounts.map(({ key }) => key), ...refunds.map(({ rate }) => rate.key)]);
    return result;
  };
  /** Nobody is there any more who would use it. */
  const giveBack = ({ id, accounts, rates }: HoldRequest, fence: string): void => {
    const refunds = rates.map((rate) => ({ rate, units: rate.take }));
    // What cannot be given back ends with its lease.
    void (async () => settle({ id, fence, costNano: 0n, accounts, refunds }))().catch(() => undefined);
  };

  const wait = (request: HoldRequest, refusal: Refusal, terms: HoldOptions, asOf: number): Promise<HoldResult> =>
    new Promise((resolve, reject) => {
      const { waitMs = 0, signal } = terms;
      let isOver = false;
      const end = (ending: Ending): void => {
        if (isOver) {
          if ('result' in ending && ending.result.kind === 'held') giveBack(request, ending.result.fence);
          return;
        }
        isOver = true;
        cancel();
        signal?.removeEventListener('abort', abandon);
        if ('result' in ending) resolve(ending.result);
        else reject(ending.failure);
      };
      const waiter = new Waiter(request, clock.nowMs() + waitMs, () => inner.hold(request, terms), end);
      const abandon = (): void => lines.drop(waiter, abandoned());
      const cancel = timers.after(waitMs, () => lines.expire(waiter));
      signal?.addEventListener('abort', abandon);
      lines.join(waiter, refusal, asOf);
    });

  /** Undefined: it is not worth waiting, or too many wait. */
  const inLine = (request: HoldRequest, refusal: Refusal, terms: HoldOptions, asOf: number) => {
    if (lines.size >= most || !comesBack(refusal, request, terms.waitMs ?? 0)) return undefined;
    if (terms.signal?.aborted === true) throw abandoned();
    return wait(request, refusal, terms, asOf);
  };

  return {
    hold(request, terms = {}) {
      if ((terms.waitMs ?? 0) <= 0) return inner.hold(request, terms);
      const asOf = lines.moment;
      const ahead = lines.ahead(request);
      const behind = ahead && inLine(request, ahead, terms, asOf);
      if (behind !== undefined) return behind;
      const answered = (result: HoldResult): HoldResult | Promise<HoldResult> =>
        result.kind === 'held' ? result : (inLine(request, result, terms, asOf) ?? result);
      const result = inner.hold(request, terms);
      return result instanceof Promise ? result.then(answered) : answered(result);
    },
    settle,
    balances: (accounts) => inner.balances(accounts),
    async close() {
      lines.dropAll(new Failure('unavailable', 'accounts: they are closed'));
      await inner.close();
    },
  };
}

const abandoned = (): Failure => new Failure('cancelled', 'nobody waits for this hold any more');
