/**
 * Accounts in the memory of one process: answers at once, never waits. What is held is lost with the process; what was
 * settled is read from the ledger at the next start. May import core and the port.
 */
import type {
  Account,
  Balance,
  HoldRequest,
  HoldResult,
  RateDemand,
  SettleRequest,
  SettleResult,
} from '../../core/account.ts';
import { giveBack, takeFrom } from '../../core/rate.ts';
import type { Accounts } from '../../flows/accounts.ts';
import { createAccountBook } from './book.ts';
import { type Leased, Leases } from './leases.ts';

export interface MemoryAccountsOptions {
  readonly clock: { nowMs(): number };
  /** What every account had settled before, by its key. */
  readonly settled?: ReadonlyMap<string, bigint>;
}

/** The same with its answers at once. */
export interface MemoryAccounts extends Accounts {
  hold(request: HoldRequest): HoldResult;
  settle(request: SettleRequest): SettleResult;
  balances(accounts: readonly Account[]): readonly Balance[];
}

interface Hold extends Leased {
  readonly request: HoldRequest;
  readonly fence: string;
}

/** Settled holds that are remembered, so that settling twice changes nothing. */
const REMEMBERED = 16_384;
/** Leases that ended are given back by whoever comes next, at most so many at once. */
const SWEPT = 64;
/** Operations between two looks for what can be forgotten. */
const TIDIED = 4_096;

export function createMemoryAccounts({ clock, settled = new Map() }: MemoryAccountsOptions): MemoryAccounts {
  const book = createAccountBook(settled);
  const holds = new Map<string, Hold>();
  const leases = new Leases<Hold>();
  /** Fences of settled holds, by id, oldest first. */
  const done = new Map<string, string>();
  /** When each bucket is full again. */
  const rates = new Map<string, number>();
  const slots = new Map<string, Set<string>>();
  let fences = 0;
  let operations = 0;

  const end = (hold: Hold): void => {
    const { id, amountNano, accounts } = hold.request;
    holds.delete(id);
    leases.remove(hold);
    for (const { key } of accounts) book.giveBack(key, amountNano);
    for (const { key } of hold.request.slots) {
      const taken = slots.get(key);
      taken?.delete(hold.fence);
      if (taken?.size === 0) slots.delete(key);
    }
  };

  const sweep = (nowMs: number): void => {
    for (let swept = 0; swept < SWEPT; swept += 1) {
      const over = leases.ended(nowMs);
      if (over === undefined) break;
      end(over);
    }
    operations += 1;
    if (operations % TIDIED !== 0) return;
    book.tidy(nowMs);
    for (const [key, fullAtMs] of rates) if (fullAtMs <= nowMs) rates.delete(key);
  };

  const balancesOf = (accounts: readonly Account[], nowMs: number): readonly Balance[] =>
    accounts.map((account) => book.balance(account, nowMs));

  const remember = (id: string, fence: string): void => {
    done.set(id, fence);
    if (done.size <= REMEMBERED) return;
    for (const oldest of done.keys()) {
      done.delete(oldest);
      break;
    }
  };

  const placesTaken = ({ slots: asked }: HoldRequest) =>
    asked.find(({ key, places }) => (slots.get(key)?.size ?? 0) >= places);

  return {
    hold(request) {
      const nowMs = clock.nowMs();
      sweep(nowMs);
      const { id, amountNano, accounts } = request;
      const balances = balancesOf(accounts, nowMs);
      const known = holds.get(id)?.fence ?? done.get(id);
      if (known !== undefined) return { kind: 'held', fence: known, balances };
      const short = shortest(accounts, balances, amountNano);
      if (short !== undefined) return short;
      const taken = takeAll(request.rates, rates, nowMs);
      if ('kind' in taken) return taken;
      const full = placesTaken(request);
      if (full !== undefined) return { kind: 'throttled', key: full.key, limit: full.limit, retryAfterMs: 0 };

      fences += 1;
      const hold: Hold = { request, fence: String(fences), endsAtMs: nowMs + request.leaseMs, place: 0 };
      holds.set(id, hold);
      leases.add(hold);
      for (const account of accounts) book.hold(account, amountNano);
      for (const [key, fullAtMs] of taken) rates.set(key, fullAtMs);
      for (const { key } of request.slots) {
        const inUse = slots.get(key) ?? new Set();
        slots.set(key, inUse.add(hold.fence));
      }
      return {
        kind: 'held',
        fence: hold.fence,
        balances: balances.map((one) => ({ ...one, heldNano: one.heldNano + amountNano })),
      };
    },
    settle({ id, fence, costNano, accounts, refunds = [] }) {
      const nowMs = clock.nowMs();
      sweep(nowMs);
      if (done.get(id) === fence) return { kind: 'duplicate' };
      const hold = holds.get(id);
      const inTime = hold?.fence === fence;
      if (inTime) end(hold);
      remember(id, fence);
      for (const account of accounts) book.settle(account, costNano, nowMs);
      for (const { rate, units } of refunds) {
        const fullAtMs = rates.get(rate.key);
        if (fullAtMs !== undefined) rates.set(rate.key, giveBack(fullAtMs, rate, units));
      }
      return { kind: inTime ? 'settled' : 'late', balances: balancesOf(accounts, nowMs) };
    },
    balances(accounts) {
      const nowMs = clock.nowMs();
      sweep(nowMs);
      return balancesOf(accounts, nowMs);
    },
    close: async () => undefined,
  };
}

/** The account that has least, where one does not bear it. */
function shortest(
  accounts: readonly Account[],
  balances: readonly Balance[],
  amountNano: bigint,
): Extract<HoldResult, { kind: 'short' }> | undefined {
  let short: Extract<HoldResult, { kind: 'short' }> | undefined;
  for (const [at, { ceilingNano, key, budget }] of accounts.entries()) {
    const balance = balances[at];
    if (ceilingNano === undefined || balance === undefined) continue;
    const freeNano = ceilingNano - balance.settledNano - balance.heldNano;
    if (freeNano >= amountNano || (short !== undefined && freeNano >= short.freeNano)) continue;
    short = { kind: 'short', account: key, budget, freeNano, heldNano: balance.heldNano, balances };
  }
  return short;
}

type Throttled = Extract<HoldResult, { kind: 'throttled' }>;

/** @returns when each bucket is full again, or the one that is emptied longest */
function takeAll(
  demands: readonly RateDemand[],
  rates: ReadonlyMap<string, number>,
  nowMs: number,
): readonly (readonly [string, number])[] | Throttled {
  const taken: [string, number][] = [];
  let throttled: Throttled | undefined;
  for (const demand of demands) {
    const answer = takeFrom(rates.get(demand.key), demand, nowMs);
    if (answer.kind === 'taken') {
      taken.push([demand.key, answer.fullAtMs]);
      continue;
    }
    const { retryAfterMs } = answer;
    const isLonger = throttled === undefined || retryAfterMs > throttled.retryAfterMs;
    // One that is never let through says so.
    if (retryAfterMs === 0) return { kind: 'throttled', key: demand.key, limit: demand.limit, retryAfterMs };
    if (isLonger) throttled = { kind: 'throttled', key: demand.key, limit: demand.limit, retryAfterMs };
  }
  return throttled ?? taken;
}
