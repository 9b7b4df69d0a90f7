/** Wires money: where it is written down, who is told, and what policy sees of it. */
import { createAlerts } from './alerts/alerts.ts';
import { createAnomalyRule } from './alerts/anomalies.ts';
import { createUnattributedRule, createUnpricedRule } from './alerts/first-of-day.ts';
import { createLogSink } from './alerts/log.ts';
import { createThresholdRule } from './alerts/thresholds.ts';
import { createWebhookSink } from './alerts/webhook.ts';
import type { Keeper } from './cluster/primary.ts';
import { type AccountsHost, composeAccounts, keepAccounts } from './compose-accounts.ts';
import type { Config } from './config/config.ts';
import type { BudgetBook } from './core/budget.ts';
import { accountsFor, budgetsCovering, limitsFor } from './core/demand.ts';
import { budgetsOf, type PolicyStatus } from './engine/active-policy.ts';
import { SYSTEM_CLOCK } from './engine/clock.ts';
import type { FactsSource } from './engine/facts-source.ts';
import type { Accounts } from './flows/accounts.ts';
import type { HeldDecisions } from './flows/held-decisions.ts';
import type { Ledger } from './flows/ledger.ts';
import type { Money } from './flows/money.ts';
import { newChainId } from './ledger/chain.ts';
import { openPostgresLedger } from './ledger/postgres/open.ts';
import { openSqliteLedger } from './ledger/sqlite/open.ts';
import { createSecretSource, revealSecret } from './providers/secrets.ts';
import { SYSTEM_TIMERS } from './reliability/timers.ts';
import { type BudgetQuestion, type BudgetState, readBudgetStates } from './reports/budgets/read-states.ts';
import type { LedgerReader } from './reports/ledger-reader.ts';
import type { BudgetUse } from './reports/weekly-report.ts';
import { budgetUses } from './state/accounts/budget-uses.ts';
import { createAccountFacts } from './state/accounts/facts.ts';

export interface ComposedMoney {
  /** Undefined: nothing is held, and nothing is written down. */
  readonly money: Money | undefined;
  /** What money is held for. */
  readonly decisions: HeldDecisions;
  /** Undefined: nothing is written down. */
  readonly reader: LedgerReader | undefined;
  /** What the budgets of single teams have left now; where nothing is held, nobody knows. */
  budgets(): Promise<readonly BudgetUse[]>;
  /** What every budget has spent by the ledger, and what is held of it; none where nothing is written down. */
  budgetStates(question: BudgetQuestion): Promise<readonly BudgetState[]>;
  /** Lays what is known of budgets over other facts. */
  facts(source: FactsSource): FactsSource;
  close(): Promise<void>;
}

export interface MoneyHost extends AccountsHost {
  readonly status: () => PolicyStatus;
  /** Where alerts are logged. */
  readonly log: { write(text: string): unknown };
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
  const { accounts: kept, decisions, isRemote } = await composeAccounts(config.accounts, host, ledger);
  if (kept === undefined && ledger === undefined) return { ...NOTHING, decisions };
  const accounts = kept ?? HOLDS_NOTHING;
  const alerts = composeAlerts(config.alerts, host, book, ledger);
  const money: Money = {
    accounts,
    ledger: ledger ?? WRITES_NOTHING,
    demands: {
      accounts: (ids, spender, target, nowMs) => accountsFor(book(), ids, spender, target, nowMs),
      limits: (ids, spender, tokens) => (kept === undefined ? NO_LIMITS : limitsFor(book(), ids, spender, tokens)),
    },
    settled: (fact) => alerts.observe(fact),
    short: (fact) => alerts.refused(fact),
    warn,
  };
  return {
    money,
    decisions,
    reader: ledger,
    budgets: () => budgetUses(book(), accounts, SYSTEM_CLOCK.nowMs()),
    budgetStates: async (question) =>
      ledger === undefined
        ? []
        : readBudgetStates({ book: book(), reader: ledger, balances: (asked) => accounts.balances(asked) }, question),
    facts: (source) =>
      kept === undefined
        ? source
        : createAccountFacts(source, {
            accounts,
            covering: (call, caller) =>
              budgetsCovering(book(), { caller, tags: call.tags ?? {} }, SYSTEM_CLOCK.nowMs()),
            stepsOf: (budget) => book().budgets.get(budget)?.steps ?? [],
            clock: SYSTEM_CLOCK,
            isRemote,
          }),
    async close() {
      await alerts.close();
      await accounts.close();
      await ledger?.close();
    },
  };
}

const NOTHING: Omit<ComposedMoney, 'decisions'> = {
  money: undefined,
  reader: undefined,
  budgets: async () => [],
  budgetStates: async () => [],
  facts: (source) => source,
  close: async () => undefined,
};

const NO_LIMITS = { rates: [], slots: [] };

/** Budgets are not kept here: everything is let through, and only written down. */
const HOLDS_NOTHING: Accounts = {
  hold: () => ({ kind: 'held', fence: '' }),
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

/** What the primary of a cluster keeps for its workers: their accounts, where those are in memory. */
export async function composeKeepers(
  config: MoneyConfig,
  host: Pick<MoneyHost, 'env'>,
): Promise<ReadonlyMap<string, Keeper>> {
  if (config.accounts.store !== 'memory') return new Map();
  const ledger = await openLedger(config.ledger, host);
  try {
    return await keepAccounts(ledger);
  } finally {
    await ledger?.close();
  }
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
