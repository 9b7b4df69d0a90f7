/** What the budgets of single teams have left at this moment, for reports; those of several teams are nobody's here. */
import type { Account } from '../../core/account.ts';
import type { Budget, BudgetBook } from '../../core/budget.ts';
import { accountOfValues } from '../../core/demand.ts';
import type { Accounts } from '../../flows/accounts.ts';

export interface TeamBudget {
  readonly id: string;
  readonly team: string;
  readonly limitNano: bigint;
  readonly settledNano: bigint;
  readonly heldNano: bigint;
  /** Milliseconds since the epoch; absent: never. */
  readonly resetsAtMs?: number;
}

/** Empty where nothing is known of the accounts. @throws Failure `unavailable` */
export async function budgetUses(
  book: BudgetBook,
  accounts: Pick<Accounts, 'balances'>,
  nowMs: number,
): Promise<readonly TeamBudget[]> {
  const asked = [...book.budgets.values()].flatMap((budget) => teamAccount(budget, nowMs) ?? []);
  const balances = await accounts.balances(asked.map(({ account }) => account));
  return asked.flatMap(({ account, team }, at) => {
    const balance = balances[at];
    if (balance === undefined) return [];
    const { budget: id, limitNano, resetsAtMs } = account;
    const { settledNano, heldNano } = balance;
    return [{ id, team, limitNano, settledNano, heldNano, ...(resetsAtMs === undefined ? undefined : { resetsAtMs }) }];
  });
}

function teamAccount(budget: Budget, nowMs: number): { readonly account: Account; readonly team: string } | undefined {
  const team = budget.where.get('team');
  if (team === undefined || budget.each.length > 0) return undefined;
  return { account: accountOfValues(budget, [], nowMs), team };
}
