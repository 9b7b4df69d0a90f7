/** What the budgets of each team have left now, by policy and ledger; what is held only the accounts know. */
import { resolve } from 'node:path';
import { compileBudgets } from '../../policy/budgets.ts';
import { type BudgetState, readBudgetStates } from '../../reports/budgets/read-states.ts';
import type { LedgerReader } from '../../reports/ledger-reader.ts';
import type { BudgetUse } from '../../reports/weekly-report.ts';
import { readConfig } from '../config-file.ts';
import type { Io } from '../io.ts';
import { readPolicyData } from '../policy-data.ts';
import type { SourceOptions } from './source.ts';

/** A ledger that is named without a policy has no budgets. @throws Failure where the policy cannot be read */
export async function readBudgetUses(
  options: Pick<SourceOptions, 'ledger' | 'config'> & { readonly policy?: string },
  reader: LedgerReader,
  nowMs: number,
  io: Io,
): Promise<readonly BudgetUse[]> {
  const configured = options.ledger === undefined ? readConfig(options.config, io).config.policy.source : undefined;
  const source = options.policy ?? configured;
  if (source === undefined) return [];
  const book = compileBudgets(await readPolicyData(resolve(io.cwd, source)));
  if (book.budgets.size === 0) return [];
  return (await readBudgetStates({ book, reader }, { nowMs })).flatMap(useOf);
}

/** A budget that is of no team, or of several together, is nobody's here. */
function useOf({ budget, values, resetsAtMs, settledNano }: BudgetState): readonly BudgetUse[] {
  const place = budget.each.indexOf('team');
  const team = budget.where.get('team') ?? (place < 0 ? undefined : values?.[place]);
  if (team === undefined || values === undefined) return [];
  const others = values.filter((_, index) => index !== place);
  return [
    {
      id: [budget.id, ...others].join(' '),
      team,
      limitNano: budget.limitNano,
      settledNano,
      ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
    },
  ];
}
