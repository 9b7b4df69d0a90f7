/** What the scripts answered, as the words of accounts. Anything else is a failure. */
import type { Account, Balance, HoldRequest, HoldResult, SettleResult } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';

/** Why the state could not be asked, though the server was. */
export type NotKept = { readonly kind: 'lost' } | { readonly kind: 'recovering'; readonly forMs: number };

const LOST = '-1';
const RECOVERING = '-2';

export function readHold(reply: unknown, { id, accounts, rates, slots }: HoldRequest): HoldResult | NotKept {
  const figures = answerOf(reply);
  switch (figures[0]) {
    case '1':
      return { kind: 'held', fence: figures[1] ?? '' };
    case '2': {
      const account = accounts[whole(figures[1]) - 1];
      if (account === undefined) throw unreadable();
      const { key, budget } = account;
      const [freeNano, heldNano] = [nano(figures[2]), nano(figures[3])];
      return { kind: 'short', account: key, budget, freeNano, heldNano, balances: balancesOf(figures, 4, accounts) };
    }
    case '3': {
      const demand = [...rates, ...slots][whole(figures[1]) - 1];
      if (demand === undefined) throw unreadable();
      return { kind: 'throttled', key: demand.key, limit: demand.limit, retryAfterMs: whole(figures[2]) };
    }
    case '4':
      throw new Failure('conflict', `accounts: hold ${id} was settled, it cannot be held again`);
    default:
      return notKept(figures);
  }
}

export function readSettled(reply: unknown, accounts: readonly Account[]): SettleResult | NotKept {
  const figures = answerOf(reply);
  switch (figures[0]) {
    case '1':
      return { kind: 'settled', balances: balancesOf(figures, 1, accounts) };
    case '2':
      return { kind: 'late', balances: balancesOf(figures, 1, accounts) };
    case '3':
      return { kind: 'duplicate' };
    default:
      return notKept(figures);
  }
}

export function readBalances(reply: unknown, accounts: readonly Account[]): readonly Balance[] | NotKept {
  const figures = answerOf(reply);
  return figures[0] === '1' ? balancesOf(figures, 1, accounts) : notKept(figures);
}

/** One line, since a list takes longer to write and to read, and a number near 2^53 would be read as another. */
function answerOf(reply: unknown): readonly string[] {
  if (typeof reply !== 'string') throw unreadable();
  return reply.split(' ');
}

function notKept([kind, forMs]: readonly string[]): NotKept {
  if (kind === LOST) return { kind: 'lost' };
  if (kind === RECOVERING) return { kind: 'recovering', forMs: whole(forMs) };
  throw unreadable();
}

function balancesOf(figures: readonly string[], from: number, accounts: readonly Account[]): readonly Balance[] {
  return accounts.map(({ key }, index) => ({
    key,
    settledNano: nano(figures[from + 2 * index]),
    heldNano: nano(figures[from + 2 * index + 1]),
  }));
}

function nano(figure: string | undefined): bigint {
  if (figure === undefined || !WHOLE.test(figure)) throw unreadable();
  return BigInt(figure);
}

function whole(figure: string | undefined): number {
  if (figure === undefined || !WHOLE.test(figure)) throw unreadable();
  return Number(figure);
}

const WHOLE = /^-?\d+$/;

const unreadable = (): Failure => new Failure('unavailable', 'accounts: redis answered what no script of ours answers');
