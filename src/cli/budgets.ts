/** `turnpike budgets`: what every budget has spent, what is to be expected of it, and which runs out when. */
import { resolve } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { type Alert, alertDocument, alertText } from '../alerts/alert.ts';
import { createAnomalyRule } from '../alerts/anomalies.ts';
import { Failure } from '../core/failure.ts';
import { compileBudgets } from '../policy/budgets.ts';
import { type BudgetsDocument, budgetsDocument } from '../reports/budgets/document.ts';
import { readBudgetStates } from '../reports/budgets/read-states.ts';
import type { LedgerReader } from '../reports/ledger-reader.ts';
import { failureOfProblem, httpRequest } from './ask-server.ts';
import { budgetsText } from './budgets/text.ts';
import { readConfig } from './config-file.ts';
import { EXIT, failureText } from './failure-text.ts';
import type { Io } from './io.ts';
import { openLedgerReader } from './open-ledger.ts';
import { readPolicyData } from './policy-data.ts';

export interface BudgetsCommand {
  readonly policy?: string;
  readonly ledger?: string;
  readonly config?: string;
  /** Address of the HTTP listener of a server, which is asked instead. */
  readonly server?: string;
  readonly key?: string;
  readonly team?: string;
  readonly check?: boolean;
  /** Seconds; said without any: 5. */
  readonly watch?: number | true;
  readonly json?: boolean;
}

interface Told {
  readonly document: BudgetsDocument;
  /** Teams whose hour is unusual; a server tells those by its alerts. */
  readonly anomalies: readonly Alert[] | undefined;
}

/** @returns 0 when it could be told, 1 with `check` where a budget is spent or will be before it starts anew */
export async function runBudgets(options: BudgetsCommand, io: Io): Promise<number> {
  const { check = false, watch } = options;
  if (watch !== undefined) return watchBudgets(options, watch === true ? WATCH_S : watch, io);
  const told = await readBudgets(options, io);
  io.stdout.write(shown(told, options, io));
  return check && told.document.budgets.some(({ forecast }) => RUNS_OUT.has(forecast.runs_out)) ? EXIT.failed : EXIT.ok;
}

const RUNS_OUT: ReadonlySet<string> = new Set(['already', 'expected']);

const WATCH_S = 5;
const CLEARED = '\u001b[H\u001b[J';

/** Until somebody ends it. What cannot be told the first time is a fault; later it is told, and tried again. */
async function watchBudgets(options: BudgetsCommand, everyS: number, io: Io): Promise<never> {
  let told = await readBudgets(options, io);
  for (;;) {
    io.stdout.write(`${io.color ? CLEARED : ''}${shown(told, options, io)}`);
    for (;;) {
      await after(everyS * 1000);
      try {
        told = await readBudgets(options, io);
        break;
      } catch (reason) {
        io.stderr.write(`${failureText(Failure.from(reason), io.color)}\n`);
      }
    }
  }
}

function shown({ document, anomalies }: Told, { json = false, watch }: BudgetsCommand, io: Io): string {
  if (!json) return budgetsText(document, anomalies?.map(alertText) ?? [], io.color);
  const all = { ...document, ...(anomalies === undefined ? {} : { anomalies: anomalies.map(alertDocument) }) };
  return `${JSON.stringify(all, undefined, watch === undefined ? 2 : undefined)}\n`;
}

const readBudgets = (options: BudgetsCommand, io: Io): Promise<Told> =>
  options.server === undefined ? readLedger(options, io) : askServer(options.server, options, io);

async function readLedger({ team, ...source }: BudgetsCommand, io: Io): Promise<Told> {
  const policy = source.policy ?? configuredPolicy(source, io);
  const book = compileBudgets(await readPolicyData(resolve(io.cwd, policy)));
  const reader = await openLedgerReader(source, io);
  try {
    const nowMs = Date.now();
    const states = await readBudgetStates({ book, reader }, { nowMs, team });
    return { document: budgetsDocument(nowMs, states), anomalies: await readAnomalies(reader, nowMs, team) };
  } finally {
    await reader.close();
  }
}

/** A ledger that is named by itself comes with the policy of this folder. */
function configuredPolicy({ ledger, config }: BudgetsCommand, io: Io): string {
  return ledger === undefined || config !== undefined ? readConfig(config, io).config.policy.source : 'policies';
}

async function readAnomalies(reader: LedgerReader, atMs: number, team: string | undefined): Promise<readonly Alert[]> {
  const found = (await createAnomalyRule(reader).check?.(atMs)) ?? [];
  return team === undefined ? found : found.filter((alert) => alert.kind === 'anomaly' && alert.team === team);
}

/** Of a large ledger. */
const PATIENCE_MS = 60_000;

async function askServer(server: string, options: BudgetsCommand, io: Io): Promise<Told> {
  const key = options.key ?? io.env['TURNPIKE_KEY'];
  const query = options.team === undefined ? '' : `?team=${encodeURIComponent(options.team)}`;
  const { status, document } = await httpRequest(
    { server, timeoutMs: PATIENCE_MS, ...(key === undefined ? {} : { key }) },
    `/v1/reports/budgets${query}`,
  );
  if (status !== 200) throw failureOfProblem(document, status);
  // The cast: what our own server says; only shown, never acted on.
  return { document: document as BudgetsDocument, anomalies: undefined };
}
