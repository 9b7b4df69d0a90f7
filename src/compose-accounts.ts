/** Wires where money is held, and where it is known which decisions it is held for. */
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
import { createMemoryHeldDecisions } from './state/decisions/memory.ts';
import { openRedisAccounts } from './state/redis/open.ts';

export interface ComposedAccounts {
  /** Undefined: nothing is held. */
  readonly accounts: Accounts | undefined;
  readonly decisions: HeldDecisions;
  /** Whether another process has to be asked for them. */
  readonly isRemote: boolean;
}

export interface AccountsHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly warn: (message: string) => void;
  /** To the primary that keeps the accounts of several workers; absent: this process is alone. */
  readonly link?: Link | undefined;
}

export async function composeAccounts(
  config: Config['accounts'],
  host: AccountsHost,
  ledger: LedgerReader | undefined,
): Promise<ComposedAccounts> {
  switch (config.store) {
    case 'none':
      return { accounts: undefined, decisions: createMemoryHeldDecisions(), isRemote: false };
    case 'memory': {
      // The workers of one primary wait there, all in the same lines.
      if (isWorker(host)) return linked(host.link);
      const accounts = patient(await inMemory(ledger));
      return { accounts, decisions: createMemoryHeldDecisions(), isRemote: false };
    }
    case 'redis':
      return openShared(await placeOf(config, host.env, host.warn), ledger);
  }
}

/** What the primary of a cluster keeps for its workers, where accounts are in memory. */
export async function keepAccounts(ledger: LedgerReader | undefined): Promise<ReadonlyMap<string, Keeper>> {
  return new Map([[TOPIC, createAccountsKeeper(patient(await inMemory(ledger)))]]);
}

/** Where replicas share their accounts; undefined: nowhere. @throws Failure where the URL cannot be had */
export async function redisPlace(
  config: Config['accounts'],
  env: AccountsHost['env'],
  warn: AccountsHost['warn'],
): Promise<RedisPlace | undefined> {
  return config.store === 'redis' ? placeOf(config, env, warn) : undefined;
}

async function placeOf(
  { redisUrl, keyPrefix }: Config['accounts'],
  env: AccountsHost['env'],
  warn: AccountsHost['warn'],
): Promise<RedisPlace> {
  const url = await revealSecret('accounts.redis_url', redisUrl ?? '', { env, nowMs: SYSTEM_CLOCK.nowMs });
  return { url, keyPrefix, warn };
}

const patient = (inner: Accounts): Accounts =>
  createWaitingAccounts(inner, { clock: SYSTEM_CLOCK, timers: SYSTEM_TIMERS });

async function inMemory(ledger: LedgerReader | undefined): Promise<Accounts> {
  const settled = await chargedBefore(ledger);
  return createMemoryAccounts({ clock: SYSTEM_CLOCK, fence: nextFence(), settled });
}

/** In Redis, and what policy lets a call do while it is away. */
async function openShared(place: RedisPlace, ledger: LedgerReader | undefined): Promise<ComposedAccounts> {
  const { warn } = place;
  let away: AwayAccounts | undefined;
  const redis = await openRedisAccounts({
    ...place,
    fence: nextFence(),
    onLost: () => chargedBefore(ledger),
    onRebuilt: (readAtMs) => away?.rebuilt(readAtMs),
  });
  away = createAwayAccounts(redis, { clock: SYSTEM_CLOCK, timers: SYSTEM_TIMERS, fence: nextFence(), warn });
  return { accounts: patient(away), decisions: redis.decisions, isRemote: true };
}

const isWorker = <Host extends AccountsHost>(host: Host): host is Host & { readonly link: Link } =>
  host.link !== undefined && host.link !== NO_LINK;

const TOPIC = 'accounts';

function linked(link: Link): ComposedAccounts {
  const accounts = createLinkedAccounts({
    tell: (message) => link.tell(TOPIC, message),
    onTold: (listener) => link.onTold(TOPIC, listener),
    onGone: (listener) => link.onGone(listener),
  });
  return { accounts, decisions: accounts.decisions, isRemote: true };
}

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
