/** What the budgets of single teams have left at this moment, for reports; those of several teams are nobody's here. */
import type { Account } from '../../core/account.ts';
import type { Budget, BudgetBook } from '../../core/budget.ts';
import type { Caller } from '../../core/call.ts';
import { accountsFor } from '../../core/demand.ts';
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
  const asked = [...book.budgets.values()].flatMap((budget) => teamAccount(book, budget, nowMs) ?? []);
  const balances = await accounts.balances(asked.map(({ account }) => account));
  return asked.flatMap(({ account, team }, at) => {
    const balance = balances[at];
    if (balance === undefined) return [];
    const { budget: id, limitNano, resetsAtMs } = account;
    const { settledNano, heldNano } = balance;
    return [{ id, team, limitNano, settledNano, heldNano, ...(resetsAtMs === undefined ? undefined : { resetsAtMs }) }];
  });
}

function teamAccount(
  book: BudgetBook,
  { id, where, each }: Budget,
  nowMs: number,
): { readonly account: Account; readonly team: string } | undefined {
  const team = where.get('team');
  if (team === undefined || each.length > 0) return undefined;
  const keyId = where.get('key_id');
  const subject = where.get('subject');
  const caller: Caller = {
    team,
    application: where.get('application') ?? '',
    environment: where.get('environment') ?? '',
    ...(keyId === undefined ? undefined : { key_id: keyId }),
    ...(subject === undefined ? undefined : { subject }),
  };
  const costCenter = where.get('cost_center');
  const tags = Object.fromEntries(
    [...where].flatMap(([name, value]) => (name.startsWith('tag:') ? [[name.slice('tag:'.length), value]] : [])),
  );
  const spender = { caller, tags, ...(costCenter === undefined ? undefined : { costCenter }) };
  const [account] = accountsFor(book, [id], spender, where.get('target'), nowMs);
  return account === undefined ? undefined : { account, team };
}
