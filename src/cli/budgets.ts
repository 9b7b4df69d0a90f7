/** `turnpike budgets`: what every budget has spent, what is to be expected of it, and which runs out when. */
import { resolve } from 'node:path';
import { createAnomalyRule } from '../alerts/anomalies.ts';
import { compileBudgets } from '../policy/budgets.ts';
import type { LedgerReader } from '../reports/ledger-reader.ts';
import { type BudgetState, readBudgetStates } from './budgets/read-states.ts';
import { type BudgetsResult, budgetsDocument, budgetsText } from './budgets/text.ts';
import { EXIT } from './failure-text.ts';
import type { Io } from './io.ts';
import { openLedgerReader } from './open-ledger.ts';
import { readPolicyData } from './policy-data.ts';

export interface BudgetsCommand {
  readonly policy?: string;
  readonly ledger?: string;
  readonly config?: string;
  readonly team?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** @returns 0 when it could be told, 1 with `check` where a budget is spent or will be before it starts anew */
export async function runBudgets(options: BudgetsCommand, io: Io): Promise<number> {
  const { check = false, json = false } = options;
  const book = compileBudgets(await readPolicyData(resolve(io.cwd, options.policy ?? 'policies')));
  const reader = await openLedgerReader(options, io);
  try {
    const atMs = Date.now();
    const states = await readBudgetStates(book, reader, atMs, options.team);
    const anomalies = await readAnomalies(reader, atMs, options.team);
    const result: BudgetsResult = { atMs, states, anomalies };
    io.stdout.write(
      json ? `${JSON.stringify(budgetsDocument(result), undefined, 2)}\n` : budgetsText(result, io.color),
    );
    return check && states.some(runsOut) ? EXIT.failed : EXIT.ok;
  } finally {
    await reader.close();
  }
}

const runsOut = ({
  forecast: {
    runsOut: { kind },
  },
}: BudgetState): boolean => kind === 'already' || kind === 'expected';

async function readAnomalies(
  reader: LedgerReader,
  atMs: number,
  team: string | undefined,
): Promise<BudgetsResult['anomalies']> {
  const found = (await createAnomalyRule(reader).check?.(atMs)) ?? [];
  return team === undefined ? found : found.filter((alert) => alert.kind === 'anomaly' && alert.team === team);
}
