/**
 * Accounts in the memory of this process: answers at once, and is gone with it. It starts with what the ledger says was
 * settled; holds of a process that ended are not known any more, nor is it known then who else spends. Everything is
 * bounded; where a bound is passed it fails closed, with `overloaded`.
 */
import type {
  Account,
  Balance,
  HoldRequest,
  HoldResult,
  SettleRequest,
  SettleResult,
  SlotDemand,
} from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Accounts } from '../../flows/accounts.ts';
import { AccountBook, type AccountState, balanceOf } from './account-book.ts';
import { type Hold, HoldTable } from './hold-table.ts';
import { LateSettlements } from './late-settlements.ts';
import { LimitBook, type RateState } from './limit-book.ts';

export interface MemoryAccountsOptions {
  readonly clock: Clock;
  /** A token that nobody has had. */
  readonly fence: () => string;
  /** What every account has settled, by its key, as the ledger sums it up. */
  readonly settled?: ReadonlyMap<string, bigint>;
  /** Default 1,000,000. */
  readonly maxAccounts?: number;
  /** Holds at once; default 1,000,000. */
  readonly maxHolds?: number;
  /** Settlements that are told from new ones, at least; default 16,384. */
  readonly leastSettled?: number;
}

/** Nobody is waited for. */
export interface MemoryAccounts extends Accounts {
  hold(request: HoldRequest): HoldResult;
  settle(request: SettleRequest): SettleResult;
  balances(accounts: readonly Account[]): readonly Balance[];
  /** Holds that are open and whose leases run. */
  holding(): number;
}

/** Leases that ended are given back by whoever comes next, so many at once, and all before anybody is refused. */
const SWEPT = 64;
/** Every so many calls one looks for what may be forgotten. */
const FORGETS_EVERY = 8;

export function createMemoryAccounts(options: MemoryAccountsOptions): MemoryAccounts {
  const { clock, fence, settled = new Map(), maxAccounts = 1_000_000, maxHolds = 1_000_000 } = options;
  const { leastSettled = 16_384 } = options;
  const originMs = clock.nowMs();
  const book = new AccountBook(maxAccounts, settled, originMs);
  const holds = new HoldTable(leastSettled);
  const late = new LateSettlements(leastSettled);
  const limits = new LimitBook();
  let calls = 0;

  const giveBack = (hold: Hold): void => {
    for (const state of hold.accounts) state.heldNano -= hold.amountNano;
    limits.leave(hold.slots);
  };
  const sweep = (nowMs: number, most: number): number => {
    let swept = 0;
    for (let hold = holds.soonest(); swept < most && hold !== undefined && hold.endsAtMs <= nowMs; swept += 1) {
      giveBack(hold);
      holds.forget(hold);
      hold = holds.soonest();
    }
    return swept;
  };
  const tidy = (nowMs: number): void => {
    sweep(nowMs, SWEPT);
    calls += 1;
    if (calls % FORGETS_EVERY > 0) return;
    book.forget(nowMs);
    limits.forget(nowMs - originMs);
  };

  const balances = (accounts: readonly Account[], nowMs: number): readonly Balance[] =>
    accounts.map((account) => book.balance(account, nowMs));

  /** The account that has least of those that cannot bear it. */
  const shortage = ({ accounts, amountNano }: HoldRequest, states: Found, nowMs: number): HoldResult | undefined => {
    let short: Account | undefined;
    let least = 0n;
    let held = 0n;
    for (const [index, account] of accounts.entries()) {
      if (account.ceilingNano === undefined) continue;
      const state = states[index];
      const free = state === undefined ? account.ceilingNano : account.ceilingNano - state.settledNano - state.heldNano;
      if (free >= amountNano || (short !== undefined && free >= least)) continue;
      short = account;
      least = free;
      held = state?.heldNano ?? 0n;
    }
    if (short === undefined) return undefined;
    const { key, budget } = short;
    return {
      kind: 'short',
      account: key,
      budget,
      freeNano: least,
      heldNano: held,
      balances: balances(accounts, nowMs),
    };
  };
  // Rates count from when this began: fractions of a millisecond would be lost in today's count of them.
  const refusal = (request: HoldRequest, states: Found, rates: RatesFound, nowMs: number): HoldResult | undefined =>
    shortage(request, states, nowMs) ?? limits.refusal(request, rates, nowMs - originMs);

  const give = (request: HoldRequest, known: Found, rates: RatesFound, nowMs: number): HoldResult => {
    const { id, amountNano, accounts, slots, leaseMs } = request;
    book.makeRoom(accounts);
    const states: AccountState[] = [];
    for (const [index, account] of accounts.entries()) {
      const state = known[index] ?? book.open(account, nowMs);
      if (states.includes(state)) continue;
      states.push(state);
      state.heldNano += amountNano;
      book.used(state, account, nowMs);
    }
    limits.take(request, rates, nowMs - originMs);
    const token = fence();
    const endsAtMs = nowMs + leaseMs;
    holds.add({ id, fence: token, amountNano, endsAtMs, accounts: states, slots: slots.map(keyOf), place: 0 });
    return { kind: 'held', fence: token };
  };

  /** @param held where it was held: nearly always, and in the same order, where it is charged */
  const charge = ({ costNano, accounts }: SettleRequest, held: Found, nowMs: number): readonly Balance[] => {
    const charged: AccountState[] = [];
    const found: Balance[] = [];
    for (const [index, account] of accounts.entries()) {
      const known = account.rolling === undefined ? held[index] : undefined;
      const state = known !== undefined && known.key === account.key ? known : book.open(account, nowMs);
      if (!charged.includes(state)) {
        charged.push(state);
        if (costNano > 0n) book.settle(state, account, costNano, nowMs);
        book.used(state, account, nowMs);
      }
      found.push(balanceOf(account.key, state));
    }
    return found;
  };

  return {
    hold(request) {
      whole(request.amountNano);
      const { id } = request;
      const nowMs = clock.nowMs();
      tidy(nowMs);
      const known = request.isNew === true ? undefined : holds.get(id);
      if (typeof known === 'object') {
        if (known.endsAtMs > nowMs) return { kind: 'held', fence: known.fence };
        giveBack(known);
        holds.forget(known);
      } else if (request.isNew !== true && (known !== undefined || late.hasAny(id))) {
        throw new Failure('conflict', `accounts: hold ${id} was settled, it cannot be held again`);
      }
      if (holds.size >= maxHolds) throw new Failure('overloaded', `accounts: ${maxHolds} holds are open, no more`);
      const states = request.accounts.map((account) => book.find(account, nowMs));
      const rates = limits.find(request.rates);
      let refused = refusal(request, states, rates, nowMs);
      if (refused !== undefined && sweep(nowMs, holds.size) > 0) refused = refusal(request, states, rates, nowMs);
      return refused ?? give(request, states, rates, nowMs);
    },
    settle(request) {
      const { id, fence: token, accounts, refunds } = request;
      whole(request.costNano);
      const nowMs = clock.nowMs();
      tidy(nowMs);
      const known = holds.get(id);
      const mine = typeof known === 'object' && known.fence === token ? known : undefined;
      if (known === token || (mine === undefined && late.has(id, token))) return { kind: 'duplicate' };
      const held = mine?.accounts ?? [];
      if (mine === undefined) {
        book.makeRoom(accounts);
        late.add(id, token);
      } else {
        giveBack(mine);
        holds.settle(mine);
      }
      const found = charge(request, held, nowMs);
      if (refunds !== undefined) for (const { rate, units } of refunds) limits.refund(rate, units);
      return { kind: mine !== undefined && mine.endsAtMs > nowMs ? 'settled' : 'late', balances: found };
    },
    balances: (accounts) => {
      const nowMs = clock.nowMs();
      sweep(nowMs, holds.size);
      return balances(accounts, nowMs);
    },
    holding() {
      sweep(clock.nowMs(), holds.size);
      return holds.size;
    },
    close: async () => undefined,
  };
}

type Found = readonly (AccountState | undefined)[];
type RatesFound = readonly (RateState | undefined)[];

const keyOf = ({ key }: SlotDemand): string => key;

function whole(nano: bigint): void {
  if (nano < 0n) throw new Failure('invalid_request', `accounts: an amount must not be negative (actual: ${nano})`);
}
