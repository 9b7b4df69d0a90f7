/**
 * What every account has, in memory. An account is kept from its first hold until a day after its window, so that a
 * settlement may come late; one that is rolling until a day after it was last used. Amounts are nano-USD.
 */
import type { Account, Balance } from '../../core/account.ts';
import { Failure } from '../../core/failure.ts';

export interface AccountState {
  readonly key: string;
  settledNano: bigint;
  heldNano: bigint;
  /** Forgotten then, unless something is held. */
  forgetAtMs: number;
  /** Of a rolling window: what was settled in each bucket, oldest first. */
  readonly buckets: Map<number, bigint> | undefined;
}

const KEPT_MS = 86_400_000;
/** Accounts that are looked at in one go to forget them. */
const LOOKS = 16;

export class AccountBook {
  private readonly states = new Map<string, AccountState>();
  private readonly most: number;
  /** What they start with; moved to the states as they are used. */
  private readonly started: Map<string, bigint>;
  private readonly startedAtMs: number;
  /** Goes round all the time. */
  private hand: Iterator<AccountState>;

  constructor(most: number, started: ReadonlyMap<string, bigint>, nowMs: number) {
    this.most = most;
    this.started = new Map(started);
    this.startedAtMs = nowMs;
    this.hand = this.states.values();
  }

  /** Undefined: nothing was ever held or settled. */
  find(account: Account, nowMs: number): AccountState | undefined {
    const state = this.states.get(account.key) ?? this.start(account);
    if (state?.buckets !== undefined) roll(state, state.buckets, account, nowMs);
    return state;
  }

  /** @throws Failure `overloaded` where there is no room for so many that are new */
  makeRoom(accounts: readonly Account[]): void {
    if (this.states.size + accounts.length <= this.most) return;
    const fresh = accounts.filter(({ key }) => !this.states.has(key));
    if (this.states.size + fresh.length <= this.most) return;
    throw new Failure('overloaded', `accounts: ${this.most} are kept, no more`);
  }

  open(account: Account, nowMs: number): AccountState {
    return this.find(account, nowMs) ?? this.add(account, 0n);
  }

  settle(state: AccountState, account: Account, costNano: bigint, nowMs: number): void {
    state.settledNano += costNano;
    if (state.buckets === undefined || account.rolling === undefined) return;
    const bucket = currentBucket(account.rolling, nowMs);
    state.buckets.set(bucket, (state.buckets.get(bucket) ?? 0n) + costNano);
  }

  used(state: AccountState, { rolling }: Account, nowMs: number): void {
    if (rolling !== undefined) state.forgetAtMs = nowMs + rolling.bucketMs * rolling.buckets + KEPT_MS;
  }

  balance(account: Account, nowMs: number): Balance {
    return balanceOf(account.key, this.find(account, nowMs));
  }

  /** Looks at a few accounts and forgets those whose time is over: all are seen in turn. */
  forget(nowMs: number): void {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const next = this.hand.next();
      if (next.done === true) {
        this.hand = this.states.values();
        return;
      }
      const state = next.value;
      if (state.forgetAtMs <= nowMs && state.heldNano === 0n) this.states.delete(state.key);
    }
  }

  private start(account: Account): AccountState | undefined {
    if (this.started.size === 0) return undefined;
    const nano = this.started.get(account.key);
    if (nano === undefined) return undefined;
    this.started.delete(account.key);
    return this.add(account, nano);
  }

  private add(account: Account, settledNano: bigint): AccountState {
    const { key, rolling, resetsAtMs } = account;
    const state: AccountState = {
      key,
      settledNano,
      heldNano: 0n,
      forgetAtMs: resetsAtMs === undefined ? Number.POSITIVE_INFINITY : resetsAtMs + KEPT_MS,
      buckets: rolling && new Map(settledNano === 0n ? [] : [[currentBucket(rolling, this.startedAtMs), settledNano]]),
    };
    this.states.set(key, state);
    return state;
  }
}

export const balanceOf = (key: string, state: AccountState | undefined): Balance => ({
  key,
  settledNano: state?.settledNano ?? 0n,
  heldNano: state?.heldNano ?? 0n,
});

type Rolling = NonNullable<Account['rolling']>;

const currentBucket = ({ bucketMs }: Rolling, nowMs: number): number => Math.floor(nowMs / bucketMs);

/** What was settled before the window leaves it. */
function roll(state: AccountState, buckets: Map<number, bigint>, { rolling }: Account, nowMs: number): void {
  if (rolling === undefined) return;
  const first = currentBucket(rolling, nowMs) - rolling.buckets + 1;
  for (const [bucket, nano] of buckets) {
    if (bucket >= first) return;
    buckets.delete(bucket);
    state.settledNano -= nano;
  }
}
