/**
 * Patience: a hold that is short only because others hold what it needs waits for that, first come first served for
 * each account, as long as its call may. It is asked again when something is settled in this process, and every little
 * while, since other processes settle as well.
 *
 * Who waits first is asked first, and nobody behind it before it is let in: a large call is not overtaken for ever by
 * small ones. What is spent, not held, is not waited for.
 */
import type { HoldRequest, HoldResult, SettleResult } from '../../core/account.ts';
import type { Accounts, HoldOptions } from '../../flows/accounts.ts';

export interface WaitingTimers {
  /** Runs once after so many milliseconds; what it returns cancels that. */
  after(ms: number, run: () => void): () => void;
}

export interface WaitingOptions {
  readonly clock: { nowMs(): number };
  readonly timers: WaitingTimers;
  /** Between two looks at what other processes gave back; default 25 ms. */
  readonly pollMs?: number;
  /** Waiting at once; who comes then gets the first answer. Default 10,000. */
  readonly most?: number;
}

interface Waiter {
  readonly request: HoldRequest;
  readonly options: HoldOptions;
  readonly untilMs: number;
  last: HoldResult;
  end(result: HoldResult | Promise<never>): void;
}

const POLL_MS = 25;
const MOST = 10_000;

export function createWaitingAccounts(inner: Accounts, options: WaitingOptions): Accounts {
  const { clock, timers, pollMs = POLL_MS, most = MOST } = options;
  /** By what it waits for: the account that is short, or the limit. */
  const queues = new Map<string, Waiter[]>();
  const busy = new Set<string>();
  let waiting = 0;
  let cancelPoll: (() => void) | undefined;

  const leave = (key: string, waiter: Waiter): void => {
    const queue = queues.get(key);
    const place = queue?.indexOf(waiter) ?? -1;
    if (queue === undefined || place < 0) return;
    queue.splice(place, 1);
    waiting -= 1;
    if (queue.length === 0) queues.delete(key);
  };

  /** Asks for those in front, as long as they are let in. */
  const serve = async (key: string): Promise<void> => {
    if (busy.has(key)) return;
    busy.add(key);
    try {
      for (let waiter = queues.get(key)?.[0]; waiter !== undefined; waiter = queues.get(key)?.[0]) {
        const result = await inner.hold(waiter.request, waiter.options);
        waiter.last = result;
        const stillHere = queues.get(key)?.[0] === waiter;
        if (!stillHere) {
          // It left while it was asked for: what it got is given back.
          if (result.kind === 'held') await giveBack(waiter.request, result.fence);
          continue;
        }
        if (result.kind !== 'held' && waitsFor(result, waiter.request) === key) break;
        leave(key, waiter);
        if (result.kind !== 'held' && waitsFor(result, waiter.request) !== undefined) enter(waiter);
        else waiter.end(result);
      }
    } catch (reason) {
      const waiter = queues.get(key)?.[0];
      if (waiter !== undefined) {
        leave(key, waiter);
        waiter.end(Promise.reject(reason));
      }
    } finally {
      busy.delete(key);
    }
  };

  const giveBack = async ({ id, accounts }: HoldRequest, fence: string): Promise<void> => {
    await inner.settle({ id, fence, costNano: 0n, accounts });
    wake(accounts.map(({ key }) => key));
  };

  const enter = (waiter: Waiter): void => {
    const key = waitsFor(waiter.last, waiter.request);
    if (key === undefined) return;
    const queue = queues.get(key) ?? [];
    queues.set(key, queue);
    queue.push(waiter);
    waiting += 1;
    cancelPoll ??= timers.after(pollMs, poll);
  };

  const poll = (): void => {
    cancelPoll = undefined;
    const nowMs = clock.nowMs();
    for (const [key, queue] of [...queues]) {
      for (const waiter of [...queue]) {
        if (waiter.untilMs > nowMs && waiter.options.signal?.aborted !== true) continue;
        leave(key, waiter);
        waiter.end(waiter.last);
      }
      void serve(key);
    }
    if (queues.size > 0) cancelPoll = timers.after(pollMs, poll);
  };

  const wake = (keys: readonly string[]): void => {
    for (const key of keys) if (queues.has(key)) void serve(key);
  };

  const patient = (request: HoldRequest, first: HoldResult, terms: HoldOptions): HoldResult | Promise<HoldResult> => {
    const { waitMs = 0, signal } = terms;
    const key = waitsFor(first, request);
    if (key === undefined || waitMs <= 0 || waiting >= most || signal?.aborted === true) return first;
    return new Promise<HoldResult>((resolve) => {
      const waiter: Waiter = {
        request,
        options: terms,
        untilMs: clock.nowMs() + waitMs,
        last: first,
        end(result) {
          signal?.removeEventListener('abort', left);
          resolve(result);
        },
      };
      const left = (): void => {
        for (const queue of queues.keys()) leave(queue, waiter);
        waiter.end(waiter.last);
      };
      signal?.addEventListener('abort', left);
      enter(waiter);
    });
  };

  return {
    hold(request, terms = {}) {
      // Who comes now is not let in before those who wait for the same.
      const behind = (terms.waitMs ?? 0) > 0 ? request.accounts.find(({ key }) => queues.has(key)) : undefined;
      if (behind !== undefined && waiting < most) {
        return patient(request, queued(behind.key, behind.budget), terms);
      }
      const first = inner.hold(request, terms);
      return first instanceof Promise
        ? first.then((result) => patient(request, result, terms))
        : patient(request, first, terms);
    },
    settle(request) {
      const result = inner.settle(request);
      const keys = request.accounts.map(({ key }) => key);
      const woken = (settled: SettleResult): SettleResult => {
        wake(keys);
        return settled;
      };
      return result instanceof Promise ? result.then(woken) : woken(result);
    },
    balances: (accounts) => inner.balances(accounts),
    async close() {
      cancelPoll?.();
      for (const [key, queue] of [...queues]) {
        for (const waiter of [...queue]) {
          leave(key, waiter);
          waiter.end(waiter.last);
        }
      }
      await inner.close();
    },
  };
}

/** Nobody has asked yet: others wait for the same. */
const queued = (account: string, budget: string): HoldResult => ({
  kind: 'short',
  account,
  budget,
  freeNano: 0n,
  heldNano: BigInt(Number.MAX_SAFE_INTEGER),
  balances: [],
});

/** What may come back by itself; undefined: nothing that waiting would bring. */
function waitsFor(result: HoldResult, { amountNano }: HoldRequest): string | undefined {
  switch (result.kind) {
    case 'held':
      return undefined;
    case 'short':
      return result.freeNano + result.heldNano >= amountNano ? result.account : undefined;
    case 'throttled':
      return result.key;
  }
}
