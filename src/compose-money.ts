/** Wires money: where it is held, where it is written down, who is told, and what policy sees of it. */
import { randomUUID } from 'node:crypto';
import { createAlerts } from './alerts/alerts.ts';
import { createAnomalyRule } from './alerts/anomalies.ts';
import { createUnattributedRule, createUnpricedRule } from './alerts/first-of-day.ts';
import { createLogSink } from './alerts/log.ts';
import { createThresholdRule } from './alerts/thresholds.ts';
import { createWebhookSink } from './alerts/webhook.ts';
import { type Link, NO_LINK } from './cluster/link.ts';
import type { Keeper } from './cluster/primary.ts';
import type { RedisPlace } from './compose-health.ts';
import type { Config } from './config/config.ts';
import type { BudgetBook } from './core/budget.ts';
import { accountsFor, budgetsCovering, limitsFor } from './core/demand.ts';
import { rollingMs } from './core/window.ts';
import { budgetsOf, type PolicyStatus } from './engine/active-policy.ts';
import { SYSTEM_CLOCK } from './engine/clock.ts';
import type { FactsSource } from './engine/facts-source.ts';
import type { Accounts } from './flows/accounts.ts';
import type { Ledger } from './flows/ledger.ts';
import type { Money } from './flows/money.ts';
import { newChainId } from './ledger/chain.ts';
import { openPostgresLedger } from './ledger/postgres/open.ts';
import { openSqliteLedger } from './ledger/sqlite/open.ts';
import { createSecretSource, revealSecret } from './providers/secrets.ts';
import { SYSTEM_TIMERS } from './reliability/timers.ts';
import type { LedgerReader } from './reports/ledger-reader.ts';
import type { BudgetUse } from './reports/weekly-report.ts';
import { type AwayAccounts, createAwayAccounts } from './state/accounts/away.ts';
import { budgetUses } from './state/accounts/budget-uses.ts';
import { createAccountFacts } from './state/accounts/facts.ts';
import { createLinkedAccounts } from './state/accounts/linked.ts';
import { createAccountsKeeper } from './state/accounts/linked-keeper.ts';
import { createMemoryAccounts } from './state/accounts/memory.ts';
import { createWaitingAccounts } from './state/accounts/waiting.ts';
import { openRedisAccounts } from './state/redis/open.ts';

export interface ComposedMoney {
  /** Undefined: nothing is held, and nothing is written down. */
  readonly money: Money | undefined;
  /** Undefined: nothing is written down. */
  readonly reader: LedgerReader | undefined;
  /** What the budgets of single teams have left now; where nothing is held, nobody knows. */
  budgets(): Promise<readonly BudgetUse[]>;
  /** Lays what is known of budgets over other facts. */
  facts(source: FactsSource): FactsSource;
  close(): Promise<void>;
}

export interface MoneyHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly status: () => PolicyStatus;
  readonly warn: (message: string) => void;
  /** Where alerts are logged. */
  readonly log: { write(text: string): unknown };
  /** To the primary that keeps the accounts of several workers; absent: this process is alone. */
  readonly link?: Link | undefined;
}

type MoneyConfig = Pick<Config, 'accounts' | 'ledger' | 'alerts'>;

export async function composeMoney(config: MoneyConfig, host: MoneyHost): Promise<ComposedMoney> {
  const ledger = await openLedger(config.ledger, host);
  try {
    return await composed(config, host, ledger);
  } catch (reason) {
    await ledger?.close();
    throw reason;
  }
}

async function composed(
  config: MoneyConfig,
  host: MoneyHost,
  ledger: (Ledger & LedgerReader) | undefined,
): Promise<ComposedMoney> {
  const { warn } = host;
  const book = (): BudgetBook => budgetsOf(host.status());
  const isLinked = config.accounts.store === 'memory' && isWorker(host);
  const inner = await openAccounts(config.accounts, host, ledger);
  if (inner === undefined && ledger === undefined) return NOTHING;
  // The workers of one primary wait there, all in the same lines.
  const accounts = inner === undefined ? HOLDS_NOTHING : isLinked ? inner : patient(inner);
  const alerts = composeAlerts(config.alerts, host, book, ledger);
  const money: Money = {
    accounts,
    ledger: ledger ?? WRITES_NOTHING,
    demands: {
      accounts: (ids, spender, target, nowMs) => accountsFor(book(), ids, spender, target, nowMs),
      limits: (ids, spender, tokens) => (inner === undefined ? NO_LIMITS : limitsFor(book(), ids, spender, tokens)),
    },
    settled: (fact) => alerts.observe(fact),
    short: (fact) => alerts.refused(fact),
    warn,
  };
  return {
    money,
    reader: ledger,
    budgets: () => budgetUses(book(), accounts, SYSTEM_CLOCK.nowMs()),
    facts: (source) =>
      inner === undefined
        ? source
        : createAccountFacts(source, {
            accounts,
            covering: (call, caller) =>
              budgetsCovering(book(), { caller, tags: call.tags ?? {} }, SYSTEM_CLOCK.nowMs()),
            stepsOf: (budget) => book().budgets.get(budget)?.steps ?? [],
            clock: SYSTEM_CLOCK,
            isRemote: isLinked || config.accounts.store === 'redis',
          }),
    async close() {
      await alerts.close();
      await accounts.close();
      await ledger?.close();
    },
  };
}

const NOTHING: ComposedMoney = {
  money: undefined,
  reader: undefined,
  budgets: async () => [],
  facts: (source) => source,
  close: async () => undefined,
};

const NO_LIMITS = { rates: [], slots: [] };

/** Budgets are not kept here: everything is let through, and only written down. */
const HOLDS_NOTHING: Accounts = {
  hold: () => ({ kind: 'held', fence: '', balances: [] }),
  settle: () => ({ kind: 'settled', balances: [] }),
  balances: () => [],
  close: async () => undefined,
};

const WRITES_NOTHING: Ledger = { append: async () => undefined, close: async () => undefined };

async function openLedger(
  config: Config['ledger'],
  host: Pick<MoneyHost, 'env'> & Partial<Pick<MoneyHost, 'warn'>>,
): Promise<(Ledger & LedgerReader) | undefined> {
  const chainId = newChainId();
  switch (config.store) {
    case 'none':
      return undefined;
    case 'sqlite':
      return openSqliteLedger({
        file: config.file,
        synchronous: config.synchronous,
        chainId,
        ...(host.warn === undefined ? undefined : { warn: host.warn }),
      });
    case 'postgres':
      return openPostgresLedger({ url: await revealed('ledger.url', config.url, host), chainId });
  }
}

async function openAccounts(
  config: Config['accounts'],
  host: MoneyHost,
  ledger: LedgerReader | undefined,
): Promise<Accounts | undefined> {
  switch (config.store) {
    case 'none':
      return undefined;
    case 'memory':
      return isWorker(host) ? linked(host.link) : inMemory(ledger);
    case 'redis':
      return openShared(await redisPlace(config, host.env, host.warn), ledger);
  }
}

const patient = (inner: Accounts): Accounts =>
  createWaitingAccounts(inner, { clock: SYSTEM_CLOCK, timers: SYSTEM_TIMERS });

async function inMemory(ledger: LedgerReader | undefined): Promise<Accounts> {
  const settled = await chargedBefore(ledger);
  return createMemoryAccounts({ clock: SYSTEM_CLOCK, fence: nextFence(), settled });
}

/** Where replicas share their accounts; undefined: nowhere. @throws Failure where the URL cannot be had */
export async function redisPlace(
  { store, redisUrl, keyPrefix }: Config['accounts'],
  env: MoneyHost['env'],
  warn: MoneyHost['warn'],
): Promise<RedisPlace | undefined> {
  if (store !== 'redis') return undefined;
  return { url: await revealed('accounts.redis_url', redisUrl, { env }), keyPrefix, warn };
}

/** In Redis, and what policy lets a call do while it is away. */
async function openShared(
  place: RedisPlace | undefined,
  ledger: LedgerReader | undefined,
): Promise<Accounts | undefined> {
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
  return away;
}

const isWorker = <Host extends MoneyHost>(host: Host): host is Host & { readonly link: Link } =>
  host.link !== undefined && host.link !== NO_LINK;

const TOPIC = 'accounts';

const linked = (link: Link): Accounts =>
  createLinkedAccounts({
    tell: (message) => link.tell(TOPIC, message),
    onTold: (listener) => link.onTold(TOPIC, listener),
    onGone: (listener) => link.onGone(listener),
  });

/** What the primary of a cluster keeps for its workers: their accounts, where those are in memory. */
export async function composeKeepers(
  config: MoneyConfig,
  host: Pick<MoneyHost, 'env'>,
): Promise<ReadonlyMap<string, Keeper>> {
  if (config.accounts.store !== 'memory') return new Map();
  const ledger = await openLedger(config.ledger, host);
  try {
    return new Map([[TOPIC, createAccountsKeeper(patient(await inMemory(ledger)))]]);
  } finally {
    await ledger?.close();
  }
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

const revealed = (what: string, reference: string | undefined, { env }: Pick<MoneyHost, 'env'>): Promise<string> =>
  revealSecret(what, reference ?? '', { env, nowMs: SYSTEM_CLOCK.nowMs });

function composeAlerts(
  { webhookUrl, webhookSecret }: Config['alerts'],
  { env, warn, log }: MoneyHost,
  book: () => BudgetBook,
  reader: LedgerReader | undefined,
) {
  const dependencies = { clock: SYSTEM_CLOCK, timers: SYSTEM_TIMERS, random: Math.random, warn };
  const secret =
    webhookSecret === undefined
      ? undefined
      : createSecretSource('alerts.webhook_secret', webhookSecret, { env, nowMs: SYSTEM_CLOCK.nowMs });
  const webhook =
    webhookUrl === undefined
      ? []
      : [createWebhookSink({ url: webhookUrl, ...(secret === undefined ? {} : { secret }) }, dependencies)];
  return createAlerts({
    rules: [
      createThresholdRule(book),
      createUnpricedRule(),
      createUnattributedRule(),
      ...(reader === undefined ? [] : [createAnomalyRule(reader)]),
    ],
    sinks: [createLogSink(log), ...webhook],
    clock: SYSTEM_CLOCK,
    timers: SYSTEM_TIMERS,
    warn,
  });
}
