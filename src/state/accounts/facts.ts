/**
 * What policy is told of budgets: those that cover the caller, as they stand. What is held is not spent: who needs it
 * may wait for it, so a budget is as full as what was settled.
 *
 * Accounts that are elsewhere are not asked for every decision: what is known of them is told, and looked up again
 * behind it. What could not be looked up is not told: policy says whether that denies.
 */
import type { Account, Balance } from '../../core/account.ts';
import { type BudgetStep, utilizationOf } from '../../core/budget.ts';
import type { Call, Caller } from '../../core/call.ts';
import type { BudgetFact, Facts } from '../../core/facts.ts';
import { Failure } from '../../core/failure.ts';
import type { FactsSource } from '../../engine/facts-source.ts';
import type { Accounts } from '../../flows/accounts.ts';

export interface AccountFactsDependencies {
  readonly accounts: Pick<Accounts, 'balances'>;
  /** Accounts that cover a call whatever serves it. */
  readonly covering: (call: Call, caller: Caller) => readonly Account[];
  readonly stepsOf: (budget: string) => readonly BudgetStep[];
  readonly clock: { nowMs(): number };
  /** Asking takes a trip over a network. */
  readonly isRemote: boolean;
}

interface Known {
  readonly balance: Balance;
  readonly atMs: number;
}

/** What is older is looked up again behind the decision; what is so old that nobody may rely on it, before. */
const FRESH_MS = 200;
const STALE_MS = 5_000;
const MOST_KNOWN = 100_000;

export function createAccountFacts(source: FactsSource, dependencies: AccountFactsDependencies): FactsSource {
  const { accounts, covering, stepsOf, clock, isRemote } = dependencies;
  const known = new Map<string, Known>();
  let asking = false;

  const note = (balances: readonly Balance[], atMs: number): void => {
    if (known.size > MOST_KNOWN) known.clear();
    for (const balance of balances) known.set(balance.key, { balance, atMs });
  };

  const lookUp = async (asked: readonly Account[]): Promise<void> => {
    const atMs = clock.nowMs();
    note(await accounts.balances(asked), atMs);
  };

  /** Behind the decision, one question at a time. */
  const refresh = (asked: readonly Account[]): void => {
    if (asking) return;
    asking = true;
    lookUp(asked)
      .catch(() => undefined)
      .finally(() => {
        asking = false;
      });
  };

  const factsOf = (asked: readonly Account[], balances: readonly (Balance | undefined)[]): readonly BudgetFact[] => {
    const facts: BudgetFact[] = [];
    for (const [at, account] of asked.entries()) {
      const balance = balances[at];
      if (balance !== undefined) facts.push(factOf(account, balance, stepsOf(account.budget)));
    }
    return facts;
  };
  const told = (asked: readonly Account[]): readonly BudgetFact[] =>
    factsOf(
      asked,
      asked.map(({ key }) => known.get(key)?.balance),
    );

  return {
    read(call, caller, said) {
      if (said?.budgets !== undefined) {
        throw new Failure('invalid_request', 'facts.budgets: this server keeps budgets itself, leave them out');
      }
      const facts = source.read(call, caller, said);
      const asked = covering(call, caller);
      const here = isRemote ? undefined : accounts.balances(asked);
      if (here !== undefined && !(here instanceof Promise)) {
        return withBudgets(facts, factsOf(asked, here));
      }
      const nowMs = clock.nowMs();
      const oldestAtMs = Math.min(...asked.map(({ key }) => known.get(key)?.atMs ?? Number.NEGATIVE_INFINITY));
      if (nowMs - oldestAtMs > STALE_MS) {
        return lookUp(asked)
          .catch(() => undefined)
          .then(() => withBudgets(facts, told(asked)));
      }
      if (nowMs - oldestAtMs > FRESH_MS) refresh(asked);
      return withBudgets(facts, told(asked));
    },
  };
}

function withBudgets(facts: Facts | Promise<Facts>, budgets: readonly BudgetFact[]): Facts | Promise<Facts> {
  return facts instanceof Promise ? facts.then((found) => ({ ...found, budgets })) : { ...facts, budgets };
}

const MOST_NANO = BigInt(Number.MAX_SAFE_INTEGER);

function factOf(account: Account, { settledNano }: Balance, steps: readonly BudgetStep[]): BudgetFact {
  const { budget, limitNano, ceilingNano, resetsAtMs } = account;
  const utilization = utilizationOf(settledNano, limitNano);
  const left = (ceilingNano ?? limitNano) - settledNano;
  const warns = steps.some(({ at, does }) => does === 'warn' && utilization >= at);
  const state = settledNano >= limitNano ? 'exhausted' : warns ? 'warn' : 'ok';
  const remaining = left <= 0n ? 0 : Number(left > MOST_NANO ? MOST_NANO : left);
  if (resetsAtMs === undefined) return { id: budget, state, utilization, remaining_nano_usd: remaining };
  return { id: budget, state, utilization, remaining_nano_usd: remaining, resets_at: momentOf(resetsAtMs) };
}

/** Windows are few, and each is told of in every decision as long as it is open. */
const moments = new Map<number, string>();
const MOST_MOMENTS = 1_000;

function momentOf(atMs: number): string {
  const known = moments.get(atMs);
  if (known !== undefined) return known;
  if (moments.size >= MOST_MOMENTS) moments.clear();
  const text = new Date(atMs).toISOString();
  moments.set(atMs, text);
  return text;
}
