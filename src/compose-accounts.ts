/** Wires accounts: where money is held, and who shares it. */
import { randomUUID } from 'node:crypto';
import { type Link, NO_LINK } from './cluster/link.ts';
import type { Keeper } from './cluster/primary.ts';
import type { RedisPlace } from './compose-health.ts';
import type { Config } from './config/config.ts';
import { rollingMs } from './core/window.ts';
import { SYSTEM_CLOCK } from './engine/clock.ts';
import type { Accounts } from './flows/accounts.ts';
import type { HeldDecisions } from './flows/held-decisions.ts';
import { revealSecret } from './providers/secrets.ts';
import { SYSTEM_TIMERS } from './reliability/timers.ts';
import type { LedgerReader } from './reports/ledger-reader.ts';
import { type AwayAccounts, createAwayAccounts } from './state/accounts/away.ts';
import { createLinkedAccounts } from './state/accounts/linked.ts';
import { createAccountsKeeper } from './state/accounts/linked-keeper.ts';
import { createMemoryAccounts } from './state/accounts/memory.ts';
import { createWaitingAccounts } from './state/accounts/waiting.ts';
import { createMemoryDecisions } from './state/decisions/memory.ts';
import { openRedisAccounts } from './state/redis/open.ts';

export interface AccountsHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly warn: (message: string) => void;
  /** To the primary that keeps the accounts of several workers; absent: this process is alone. */
  readonly link?: Link | undefined;
}

export interface OpenedAccounts {
  /** With patience, here or where they are kept. */
  readonly accounts: Accounts;
  /** Asking takes a trip to another process. */
  readonly isRemote: boolean;
  /** Known to whoever shares the accounts. */
  readonly decisions: HeldDecisions;
}

/** @returns undefined where budgets are not kept */
export async function openAccounts(
  config: Config['accounts'],
  host: AccountsHost,
  ledger: LedgerReader | undefined,
): Promise<OpenedAccounts | undefined> {
  switch (config.store) {
    case 'none':
      return undefined;
    case 'memory':
      return isWorker(host) ? linked(host.link) : inMemory(ledger);
    case 'redis':
      return openShared(await redisPlace(config, host.env, host.warn), ledger);
  }
}

async function inMemory(ledger: LedgerReader | undefined): Promise<OpenedAccounts> {
  const settled = await chargedBefore(ledger);
  const accounts = createMemoryAccounts({ clock: SYSTEM_CLOCK, fence: nextFence(), settled });
  return { accounts: patient(accounts), isRemote: false, decisions: createMemoryDecisions() };
}

/** Where replicas share their accounts; undefined: nowhere. @throws Failure where the URL cannot be had */
export async function redisPlace(
  { store, redisUrl, keyPrefix }: Config['accounts'],
  env: AccountsHost['env'],
  warn: AccountsHost['warn'],
): Promise<RedisPlace | undefined> {
  if (store !== 'redis') return undefined;
  return {
    url: await revealSecret('accounts.redis_url', redisUrl ?? '', { env, nowMs: SYSTEM_CLOCK.nowMs }),
    keyPrefix,
    warn,
  };
}

/** In Redis, and what policy lets a call do while it is away. */
async function openShared(
  place: RedisPlace | undefined,
  ledger: LedgerReader | undefined,
): Promise<OpenedAccounts | undefined> {
  if (place === undefined) return undefined;
  const { warn } = place;
  let away: AwayAccounts | undefined;
  const redis = await openRedisAccounts({
    ...place,
    fence: nextFence(),
    onLost: () => chargedBefore(ledger),
    onRebuilt: (readAtMs) => away?.rebuilt(readAtMs),
  });
  away = createAwayAccounts(redis, { clock: SYSTEM_CLOCK, timers: SYSTEM_TIMERS, fence: nextFence(), warn });
  return { accounts: patient(away), isRemote: true, decisions: redis.decisions };
}

const isWorker = <Host extends AccountsHost>(host: Host): host is Host & { readonly link: Link } =>
  host.link !== undefined && host.link !== NO_LINK;

function linked(link: Link): OpenedAccounts {
  const accounts = createLinkedAccounts({
    tell: (message) => link.tell(ACCOUNTS_TOPIC, message),
    onTold: (listener) => link.onTold(ACCOUNTS_TOPIC, listener),
    onGone: (listener) => link.onGone(listener),
  });
  return { accounts, isRemote: true, decisions: accounts.decisions };
}

/** What the primary keeps for its workers: all of them wait in the same lines. */
export async function openKeeper(ledger: LedgerReader | undefined): Promise<Keeper> {
  const { accounts, decisions } = await inMemory(ledger);
  return createAccountsKeeper(accounts, decisions);
}

/** Under which workers ask their primary. */
export const ACCOUNTS_TOPIC = 'accounts';

const patient = (inner: Accounts): Accounts =>
  createWaitingAccounts(inner, { clock: SYSTEM_CLOCK, timers: SYSTEM_TIMERS });

/** What every account has settled in its window; of one that rolls, what it settled in as long as that is. */
async function chargedBefore(ledger: LedgerReader | undefined): Promise<ReadonlyMap<string, bigint>> {
  if (ledger === undefined) return new Map();
  const charged = new Map(await ledger.charged(0));
  const lengths = new Set([...charged.keys()].flatMap((key) => rollingMs(key) ?? []));
  for (const length of lengths) {
    const lately = await ledger.charged(SYSTEM_CLOCK.nowMs() - length);
    for (const key of charged.keys()) {
      if (rollingMs(key) === length) charged.set(key, lately.get(key) ?? 0n);
    }
  }
  return charged;
}

/** Nobody has had one: a part of this process, and a number. */
function nextFence(): () => string {
  const process = randomUUID().slice(0, 13);
  let count = 0;
  return () => {
    count += 1;
    return `${process}-${count}`;
  };
}
