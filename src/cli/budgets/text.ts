/** State of budgets, as a person and as a program reads it: who runs out first stands first. */
import pc from 'picocolors';
import type { Alert } from '../../alerts/alert.ts';
import { alertDocument, alertText } from '../../alerts/alert.ts';
import type { Budget } from '../../core/budget.ts';
import type { RunsOut } from '../../core/forecast.ts';
import { formatInstant } from '../../core/instant.ts';
import { presentNano } from '../../core/present.ts';
import { printable } from '../failure-text.ts';
import type { BudgetState } from './read-states.ts';

export interface BudgetsResult {
  readonly atMs: number;
  readonly states: readonly BudgetState[];
  /** Teams whose hour is unusual. */
  readonly anomalies: readonly Alert[];
}

type Colors = ReturnType<typeof pc.createColors>;

export function budgetsText({ atMs, states, anomalies }: BudgetsResult, color: boolean): string {
  const colors = pc.createColors(color);
  if (states.length === 0) return 'no budgets\n';
  const head = ['budget', 'window', 'spent', 'of', 'used', '', 'expected', 'runs out'];
  const rows = states
    .filter(isUsed)
    .toSorted(inOrder)
    .map((state) => cells(state, atMs));
  const unused = states
    .filter((state) => !isUsed(state))
    .map(nameOf)
    .sort(compare);
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map(({ row }) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): readonly string[] =>
    row.map((cell, column) => {
      if (column === row.length - 1) return cell;
      return TO_THE_RIGHT.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
    });
  const table = rows.map(({ row, state }) => painted(line(row), state, colors).join('  '));
  const lines = [
    ...(rows.length === 0 ? [] : [colors.dim(line(head).join('  ')), ...table, '']),
    ...(unused.length === 0 ? [] : [colors.dim(`nothing spent: ${printable(unused.join(', '))}`)]),
    colors.dim(`by the ledger at ${minuteText(atMs)}; expected: 8 of 10 such windows end within the interval`),
    ...anomalies.map((alert) => colors.yellow(`unusual: ${printable(alertText(alert))}`)),
  ];
  return `${lines.join('\n')}\n`;
}

const isUsed = ({ settledNano, forecast }: BudgetState): boolean => settledNano !== 0n || forecast.expectedNano !== 0n;

const TO_THE_RIGHT = new Set([2, 3, 4, 6]);
const BAR = 5;

function painted(row: readonly string[], state: BudgetState, colors: Colors): readonly string[] {
  const paint = paintOf(state, colors);
  return row.map((cell, column) => (column === 4 || column === BAR || column === 7 ? paint(cell) : cell));
}

function paintOf({ step, forecast: { runsOut } }: BudgetState, colors: Colors): (text: string) => string {
  if (runsOut.kind === 'already' || step?.does === 'deny') return colors.red;
  if (runsOut.kind === 'expected' || step !== undefined) return colors.yellow;
  return colors.green;
}

function cells(state: BudgetState, atMs: number): { readonly row: readonly string[]; readonly state: BudgetState } {
  const { budget, settledNano, forecast } = state;
  const used = shareOf(settledNano, budget.limitNano);
  const { expectedNano, lowNano, highNano } = forecast;
  const row = [
    printable(nameOf(state)),
    windowName(budget),
    usd(settledNano),
    usd(budget.limitNano),
    `${(used * 100).toFixed(1)} %`,
    bar(used),
    `${usd(expectedNano)} (${usd(lowNano)}–${usd(highNano)})`,
    runsOutText(state, atMs),
  ];
  return { row, state };
}

function nameOf({ budget, values }: BudgetState): string {
  if (budget.each.length === 0) return budget.id;
  return `${budget.id} ${budget.each.map((dimension, place) => `${dimension}=${values?.[place] ?? '*'}`).join(' ')}`;
}

function windowName({ window }: Budget): string {
  switch (window.kind) {
    case 'calendar':
      return window.timeZone === 'UTC' ? window.unit : `${window.unit} ${window.timeZone}`;
    case 'rolling':
      return `${durationText(window.bucketMs * window.buckets)} rolling`;
    case 'total':
      return 'total';
  }
}

function runsOutText({ forecast: { runsOut }, resetsAtMs }: BudgetState, atMs: number): string {
  const until = resetsAtMs === undefined ? '' : ` until ${minuteText(resetsAtMs)}`;
  switch (runsOut.kind) {
    case 'already':
      return `is spent${until}`;
    case 'expected': {
      const latest = runsOut.latestMs === undefined ? 'or not at all' : `to ${minuteText(runsOut.latestMs)}`;
      const soon = `in ${durationText(runsOut.atMs - atMs)}`;
      return `${minuteText(runsOut.atMs)}, ${soon} (${minuteText(runsOut.earliestMs)} ${latest})`;
    }
    case 'possible':
      return `perhaps from ${minuteText(runsOut.earliestMs)} on`;
    case 'not-before-end':
      return resetsAtMs === undefined ? 'not soon' : `not before ${minuteText(resetsAtMs)}`;
  }
}

const CELLS = 20;

/** A bar of so many cells; what is beyond the limit has no more room. */
function bar(share: number): string {
  const full = Math.min(CELLS, Math.floor(share * CELLS));
  return `${'█'.repeat(full)}${'░'.repeat(CELLS - full)}`;
}

const shareOf = (part: bigint, whole: bigint): number => Number((part * 1_000_000n) / whole) / 1_000_000;

/** `2026-11-22 20:00Z`. */
const minuteText = (atMs: number): string => `${formatInstant(atMs).slice(0, 16).replace('T', ' ')}Z`;

const MINUTE_MS = 60_000;

function durationText(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} d`;
}

const NANO_PER_CENT = 10_000_000n;
const SMALL_NANO = 1_000_000_000n;

/** To the cent; an amount below a dollar to four digits more. */
function usd(nano: bigint): string {
  const [unit, places] = nano !== 0n && nano < SMALL_NANO ? [1_000n, 6] : [NANO_PER_CENT, 2];
  const digits = ((nano + unit / 2n) / unit).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, -places).replace(/\B(?=(\d{3})+$)/g, ',');
  return `$${whole}.${digits.slice(-places)}`;
}

function inOrder(a: BudgetState, b: BudgetState): number {
  const first = urgency(a.forecast.runsOut) - urgency(b.forecast.runsOut);
  if (first !== 0) return first;
  const share = shareOf(b.settledNano, b.budget.limitNano) - shareOf(a.settledNano, a.budget.limitNano);
  return share === 0 ? compare(nameOf(a), nameOf(b)) : share;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The moment at which it is spent; what is only possible behind every moment, what lasts last. */
function urgency(runsOut: RunsOut): number {
  switch (runsOut.kind) {
    case 'already':
      return 0;
    case 'expected':
      return runsOut.atMs;
    case 'possible':
      return Number.MAX_SAFE_INTEGER - 1;
    case 'not-before-end':
      return Number.MAX_SAFE_INTEGER;
  }
}

export function budgetsDocument({ atMs, states, anomalies }: BudgetsResult): object {
  return {
    at: formatInstant(atMs),
    budgets: states.toSorted(inOrder).map(stateDocument),
    anomalies: anomalies.map(alertDocument),
  };
}

const instant = (atMs: number | undefined): string | null => (atMs === undefined ? null : formatInstant(atMs));

function stateDocument({ budget, values, forecast, ...state }: BudgetState): object {
  const { runsOut } = forecast;
  return {
    id: budget.id,
    title: budget.title ?? null,
    scope: Object.fromEntries(budget.where),
    each: Object.fromEntries(budget.each.map((dimension, place) => [dimension, values?.[place] ?? null])),
    window: windowName(budget),
    starts_at: instant(state.startsAtMs),
    resets_at: instant(state.resetsAtMs),
    limit_nano_usd: presentNano(budget.limitNano),
    ceiling_nano_usd: budget.ceilingNano === undefined ? null : presentNano(budget.ceilingNano),
    settled_nano_usd: presentNano(state.settledNano),
    utilization: shareOf(state.settledNano, budget.limitNano),
    reached: state.step === undefined ? null : { at: state.step.at, does: state.step.does },
    forecast: {
      until: formatInstant(state.horizonMs),
      expected_nano_usd: presentNano(forecast.expectedNano),
      low_nano_usd: presentNano(forecast.lowNano),
      high_nano_usd: presentNano(forecast.highNano),
      weeks_of_history: forecast.weeks,
      runs_out: runsOut.kind.replaceAll('-', '_'),
      runs_out_at: instant('atMs' in runsOut ? runsOut.atMs : undefined),
      earliest: instant('earliestMs' in runsOut ? runsOut.earliestMs : undefined),
      latest: instant('latestMs' in runsOut ? runsOut.latestMs : undefined),
    },
  };
}
