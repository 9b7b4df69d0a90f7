/** Accounts of one process by their keys: what each has settled and held. Those whose window is over are forgotten. */
import type { Account, Balance } from '../../core/account.ts';

/** A settlement may come so long behind the end of a window. */
const KEPT_MS = 86_400_000;

interface Entry {
  settledNano: bigint;
  heldNano: bigint;
  /** Of a rolling window: what was settled in each of its buckets, oldest first. */
  readonly buckets: Map<number, bigint> | undefined;
  readonly forgetAtMs: number;
}

export interface AccountBook {
  balance(account: Account, nowMs: number): Balance;
  hold(account: Account, nano: bigint): void;
  /** Gives back what was held, whole. */
  giveBack(key: string, nano: bigint): void;
  settle(account: Account, nano: bigint, nowMs: number): void;
  /** Forgets what is over. */
  tidy(nowMs: number): void;
}

/** @param settled what each had settled before, by its key */
export function createAccountBook(settled: ReadonlyMap<string, bigint>): AccountBook {
  const entries = new Map<string, Entry>();
  /** Taken out as soon as an account is used. */
  const before = new Map(settled);

  const entryOf = (account: Account): Entry => {
    const known = entries.get(account.key);
    if (known !== undefined) return known;
    const { resetsAtMs, rolling, key } = account;
    const entry: Entry = {
      settledNano: before.get(key) ?? 0n,
      heldNano: 0n,
      buckets: rolling === undefined ? undefined : new Map(),
      forgetAtMs: resetsAtMs === undefined ? Number.POSITIVE_INFINITY : resetsAtMs + KEPT_MS,
    };
    before.delete(key);
    entries.set(key, entry);
    return entry;
  };

  const rolled = (account: Account, nowMs: number): Entry => {
    const entry = entryOf(account);
    const { rolling } = account;
    if (rolling === undefined || entry.buckets === undefined) return entry;
    const current = Math.floor(nowMs / rolling.bucketMs);
    // What was settled before this process began is as old as its first use.
    if (entry.buckets.size === 0 && entry.settledNano > 0n) entry.buckets.set(current, entry.settledNano);
    for (const [bucket, nano] of entry.buckets) {
      if (bucket > current - rolling.buckets) break;
      entry.settledNano -= nano;
      entry.buckets.delete(bucket);
    }
    return entry;
  };

  return {
    balance(account, nowMs) {
      const { settledNano, heldNano } = rolled(account, nowMs);
      return { key: account.key, settledNano, heldNano };
    },
    hold(account, nano) {
      entryOf(account).heldNano += nano;
    },
    giveBack(key, nano) {
      const entry = entries.get(key);
      if (entry !== undefined) entry.heldNano -= nano;
    },
    settle(account, nano, nowMs) {
      const entry = rolled(account, nowMs);
      entry.settledNano += nano;
      const { rolling } = account;
      if (rolling === undefined || entry.buckets === undefined) return;
      const current = Math.floor(nowMs / rolling.bucketMs);
      entry.buckets.set(current, (entry.buckets.get(current) ?? 0n) + nano);
    },
    tidy(nowMs) {
      for (const [key, { forgetAtMs, heldNano }] of entries) {
        if (forgetAtMs < nowMs && heldNano === 0n) entries.delete(key);
      }
    },
  };
}
