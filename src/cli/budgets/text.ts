/** State of budgets as a person reads it: a line for each that is used, with what is held where that is known. */
import pc from 'picocolors';
import { utilizationOf } from '../../core/budget.ts';
import { type BudgetDocument, type BudgetsDocument, durationText } from '../../reports/budgets/document.ts';
import { printable } from '../failure-text.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** @param unusual what else is worth a look, a line each */
export function budgetsText({ at, budgets }: BudgetsDocument, unusual: readonly string[], color: boolean): string {
  const colors = pc.createColors(color);
  if (budgets.length === 0) return 'no budgets\n';
  const knowsHeld = budgets.some(({ held_nano_usd }) => held_nano_usd !== null);
  const columns = COLUMNS.filter(({ name }) => knowsHeld || name !== 'held');
  const rows = budgets.filter(isUsed);
  const cells = rows.map((budget) => columns.map(({ cell }) => cell(budget, Date.parse(at))));
  const widths = columns.map(({ name }, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[], paint: (text: string) => string): string =>
    columns
      .map(({ align, painted }, column) => {
        const cell = row[column] ?? '';
        // What stands last is followed by nothing.
        const width = column === columns.length - 1 ? 0 : (widths[column] ?? 0);
        const padded = align === 'right' ? cell.padStart(width) : cell.padEnd(width);
        return painted ? paint(padded) : padded;
      })
      .join('  ');
  const head = line(
    columns.map(({ name }) => name),
    (text) => text,
  );
  const table = rows.map((budget, row) => line(cells[row] ?? [], paintOf(budget, colors)));
  const unused = budgets
    .filter((budget) => !isUsed(budget))
    .map(nameOf)
    .sort();
  const lines = [
    ...(rows.length === 0 ? [] : [colors.dim(head), ...table, '']),
    ...(unused.length === 0 ? [] : [colors.dim(`nothing spent: ${printable(someOf(unused))}`)]),
    colors.dim(`by the ledger at ${minuteText(at)}; expected: 8 of 10 such windows end within the interval`),
    ...unusual.map((text) => colors.yellow(`unusual: ${printable(text)}`)),
  ];
  return `${lines.join('\n')}\n`;
}

const MOST_UNUSED = 8;

const someOf = (names: readonly string[]): string =>
  names.length <= MOST_UNUSED
    ? names.join(', ')
    : `${names.slice(0, MOST_UNUSED).join(', ')} and ${names.length - MOST_UNUSED} more`;

const isUsed = ({ settled_nano_usd: settled, held_nano_usd: held, forecast }: BudgetDocument): boolean =>
  [settled, held ?? '0', forecast.expected_nano_usd].some((nano) => nano !== '0');

interface Column {
  readonly name: string;
  readonly align: 'left' | 'right';
  readonly painted: boolean;
  readonly cell: (budget: BudgetDocument, atMs: number) => string;
}

// biome-ignore format: a table, one column a row
const COLUMNS: readonly Column[] = [
  { name: 'budget', align: 'left', painted: false, cell: (budget) => printable(nameOf(budget)) },
  { name: 'window', align: 'left', painted: false, cell: ({ window }) => printable(window) },
  { name: 'spent', align: 'right', painted: false, cell: ({ settled_nano_usd: settled }) => usd(settled) },
  { name: 'held', align: 'right', painted: false, cell: ({ held_nano_usd: held }) => (held === null ? '?' : usd(held)) },
  { name: 'of', align: 'right', painted: false, cell: ({ limit_nano_usd: limit }) => usd(limit) },
  { name: 'used', align: 'right', painted: true, cell: ({ utilization }) => `${(utilization * 100).toFixed(1)} %` },
  { name: '', align: 'left', painted: true, cell: bar },
  { name: 'expected', align: 'right', painted: false, cell: expectedText },
  { name: 'runs out', align: 'left', painted: true, cell: runsOutText },
];

function paintOf({ reached, forecast }: BudgetDocument, colors: Colors): (text: string) => string {
  if (forecast.runs_out === 'already' || reached?.does === 'deny') return colors.red;
  if (forecast.runs_out === 'expected' || reached !== null) return colors.yellow;
  return colors.green;
}

function nameOf({ id, each }: BudgetDocument): string {
  return [id, ...Object.entries(each).map(([dimension, value]) => `${dimension}=${value ?? '*'}`)].join(' ');
}

function expectedText({ forecast }: BudgetDocument): string {
  return `${usd(forecast.expected_nano_usd)} (${usd(forecast.low_nano_usd)}–${usd(forecast.high_nano_usd)})`;
}

function runsOutText({ forecast, resets_at: resets }: BudgetDocument, atMs: number): string {
  const { runs_out: kind, runs_out_at: out, earliest, latest } = forecast;
  switch (kind) {
    case 'already':
      return `is spent${resets === null ? '' : ` until ${minuteText(resets)}`}`;
    case 'expected': {
      const last = latest === null ? 'or not at all' : `to ${minuteText(latest)}`;
      const soon = `in ${durationText(Date.parse(out ?? '') - atMs)}`;
      return `${minuteText(out)}, ${soon} (${minuteText(earliest)} ${last})`;
    }
    case 'possible':
      return `perhaps from ${minuteText(earliest)} on`;
    case 'not_before_end':
      return resets === null ? 'not soon' : `not before ${minuteText(resets)}`;
  }
}

const CELLS = 20;

/** A bar of so many cells, what is held in a lighter shade; what is beyond the limit has no more room. */
function bar({ settled_nano_usd: settled, held_nano_usd: held, limit_nano_usd: limit }: BudgetDocument): string {
  const cellsOf = (nano: bigint): number => Math.min(CELLS, Math.floor(utilizationOf(nano, BigInt(limit)) * CELLS));
  const full = cellsOf(BigInt(settled));
  const taken = cellsOf(BigInt(settled) + BigInt(held ?? 0));
  return `${'█'.repeat(full)}${'▒'.repeat(taken - full)}${'░'.repeat(CELLS - taken)}`;
}

/** `2026-11-22 20:00Z`. */
const minuteText = (instant: string | null): string => `${(instant ?? '').slice(0, 16).replace('T', ' ')}Z`;

const NANO_PER_CENT = 10_000_000n;
const SMALL_NANO = 1_000_000_000n;

/** To the cent; an amount below a dollar to four digits more. */
function usd(text: string): string {
  const nano = BigInt(text);
  const [unit, places] = nano !== 0n && nano < SMALL_NANO ? [1_000n, 6] : [NANO_PER_CENT, 2];
  const digits = ((nano + unit / 2n) / unit).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, -places).replace(/\B(?=(\d{3})+$)/g, ',');
  return `$${whole}.${digits.slice(-places)}`;
}
