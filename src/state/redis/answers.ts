/** What the scripts answered, as the words of accounts. Anything else is a failure. */
import type { Account, Balance, HoldRequest, HoldResult, SettleResult } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';
import { writeFence } from './fence.ts';

/** Why the state could not be asked, though the server was. */
export type NotKept = { readonly kind: 'lost' } | { readonly kind: 'recovering'; readonly forMs: number };

const LOST = -1;
const RECOVERING = -2;

export function readHold(reply: unknown, { id, accounts, rates, slots }: HoldRequest): HoldResult | NotKept {
  const [kind, ...rest] = answerOf(reply);
  switch (kind) {
    case 1: {
      const fence = writeFence({ token: String(rest[0]), slots: slots.map(({ key }) => key) });
      return { kind: 'held', fence, balances: balancesOf(rest.slice(1), accounts) };
    }
    case 2: {
      const account = accounts[whole(rest[0]) - 1];
      if (account === undefined) throw unreadable();
      const { key, budget } = account;
      const [freeNano, heldNano] = [nano(rest[1]), nano(rest[2])];
      return { kind: 'short', account: key, budget, freeNano, heldNano, balances: balancesOf(rest.slice(3), accounts) };
    }
    case 3: {
      const demand = [...rates, ...slots][whole(rest[0]) - 1];
      if (demand === undefined) throw unreadable();
      return { kind: 'throttled', key: demand.key, limit: demand.limit, retryAfterMs: whole(rest[1]) };
    }
    case 4:
      throw new Failure('conflict', `accounts: hold ${id} was settled, it cannot be held again`);
    default:
      return notKept(kind, rest);
  }
}

export function readSettled(reply: unknown, accounts: readonly Account[]): SettleResult | NotKept {
  const [kind, ...rest] = answerOf(reply);
  switch (kind) {
    case 1:
      return { kind: 'settled', balances: balancesOf(rest, accounts) };
    case 2:
      return { kind: 'late', balances: balancesOf(rest, accounts) };
    case 3:
      return { kind: 'duplicate' };
    default:
      return notKept(kind, rest);
  }
}

export function readBalances(reply: unknown, accounts: readonly Account[]): readonly Balance[] | NotKept {
  const [kind, ...rest] = answerOf(reply);
  return kind === 1 ? balancesOf(rest, accounts) : notKept(kind, rest);
}

function answerOf(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw unreadable();
  return reply;
}

function notKept(kind: unknown, rest: readonly unknown[]): NotKept {
  if (kind === LOST) return { kind: 'lost' };
  if (kind === RECOVERING) return { kind: 'recovering', forMs: whole(rest[0]) };
  throw unreadable();
}

function balancesOf(figures: readonly unknown[], accounts: readonly Account[]): readonly Balance[] {
  return accounts.map(({ key }, index) => ({
    key,
    settledNano: nano(figures[2 * index]),
    heldNano: nano(figures[2 * index + 1]),
  }));
}

/** As text: the library would read a number near 2^53 as another. */
function nano(figure: unknown): bigint {
  if (typeof figure !== 'string' || !/^-?\d+$/.test(figure)) throw unreadable();
  return BigInt(figure);
}

function whole(figure: unknown): number {
  if (typeof figure !== 'number' || !Number.isInteger(figure)) throw unreadable();
  return figure;
}

const unreadable = (): Failure => new Failure('unavailable', 'accounts: redis answered what no script of ours answers');
