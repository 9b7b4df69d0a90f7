/** What a repricing comes to, as a person and as a program reads it. */
import pc from 'picocolors';
import { formatInstant } from '../../core/instant.ts';
import { dollars } from '../decision-text.ts';
import { printable } from '../failure-text.ts';
import { REPRICED_BY, type RepricedBy, type RepricedSum, type RepricedSums } from './reprice-sum.ts';

export interface RepriceResult {
  readonly fromMs: number;
  readonly toMs: number;
  /** Digest of the price cards. */
  readonly prices: string;
  /** Entries that were appended; undefined: none was to be. */
  readonly written: number | undefined;
  readonly sums: RepricedSums;
}

export function repriceText({ fromMs, toMs, prices, written, sums }: RepriceResult, color: boolean): string {
  const colors = pc.createColors(color);
  const { total, by } = sums;
  const lines: string[] = [];
  for (const name of REPRICED_BY) {
    const all = [...by[name]].sort(inOrder(name));
    const rows = all.filter(([, sum]) => sum.changed > 0);
    if (rows.length === 0) continue;
    const same = all.filter(([, sum]) => sum.changed === 0);
    const [head, ...body] = table([
      [name, 'attempts', 'changed', 'was', 'is now', 'difference'],
      ...rows.map(([value, sum]) => row(printable(value), sum)),
      ...(same.length > 0 ? [row(`${same.length} more`, same.map(([, sum]) => sum).reduce(added))] : []),
      ...(all.length > 1 ? [row('all', total)] : []),
    ]);
    lines.push(colors.dim(head ?? ''), ...body, '');
  }
  lines.push(
    `${formatInstant(fromMs)} to ${formatInstant(toMs)}: ${counted(total.attempts, 'attempt')}, ${total.changed} of another price`,
  );
  if (total.newlyPriced > 0)
    lines.push(`${counted(total.newlyPriced, 'attempt')} had no price and ${have(total.newlyPriced)} one now`);
  if (total.unknown > 0) {
    lines.push(colors.yellow(`${counted(total.unknown, 'attempt')} of unknown usage: no card can price that`));
  }
  const uncovered = [...by.target].filter(([, sum]) => sum.uncovered > 0);
  if (uncovered.length > 0) {
    lines.push(
      colors.yellow(`${counted(total.uncovered, 'attempt')} without a card in force at the time, left as it is:`),
    );
    for (const [target, sum] of uncovered.sort(([a], [b]) => compare(a, b))) {
      lines.push(`  ${printable(target)}  ${sum.uncovered}`);
    }
  }
  lines.push(colors.dim(`prices ${prices.slice(0, 'sha256:'.length + 12)}`), closing(total, written));
  return `${lines.join('\n')}\n`;
}

function closing(total: RepricedSum, written: number | undefined): string {
  if (total.changed === 0) return 'the ledger says what the cards say';
  if (written === undefined) return 'nothing was written: --write appends the adjustments';
  return `${counted(written, 'adjustment')} appended`;
}

export function repriceDocument({ fromMs, toMs, prices, written, sums }: RepriceResult): object {
  return {
    from: formatInstant(fromMs),
    to: formatInstant(toMs),
    prices,
    written: written ?? 0,
    total: sumDocument(sums.total),
    by_target: rowsDocument(sums, 'target'),
    by_team: rowsDocument(sums, 'team'),
    by_day: rowsDocument(sums, 'day'),
  };
}

const rowsDocument = (sums: RepricedSums, by: RepricedBy): readonly object[] =>
  [...sums.by[by]].sort(inOrder(by)).map(([value, sum]) => ({ [by]: value, ...sumDocument(sum) }));

/** Amounts as decimal text: they may be more than a double holds. */
const sumDocument = (sum: RepricedSum): object => ({
  attempts: sum.attempts,
  changed: sum.changed,
  newly_priced: sum.newlyPriced,
  unknown: sum.unknown,
  uncovered: sum.uncovered,
  before_nano_usd: String(sum.beforeNano),
  after_nano_usd: String(sum.afterNano),
  difference_nano_usd: String(sum.afterNano - sum.beforeNano),
});

type Named = readonly [string, RepricedSum];

/** Days as they follow one another, everything else by how much it moved. */
const inOrder =
  (by: RepricedBy) =>
  (a: Named, b: Named): number =>
    by === 'day' ? compare(a[0], b[0]) : Number(moved(b[1]) - moved(a[1])) || compare(a[0], b[0]);

const moved = ({ beforeNano, afterNano }: RepricedSum): bigint =>
  afterNano > beforeNano ? afterNano - beforeNano : beforeNano - afterNano;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const added = (a: RepricedSum, b: RepricedSum): RepricedSum => ({
  attempts: a.attempts + b.attempts,
  changed: a.changed + b.changed,
  newlyPriced: a.newlyPriced + b.newlyPriced,
  beforeNano: a.beforeNano + b.beforeNano,
  afterNano: a.afterNano + b.afterNano,
  unknown: a.unknown + b.unknown,
  uncovered: a.uncovered + b.uncovered,
});

function row(name: string, sum: RepricedSum): readonly string[] {
  const difference = sum.afterNano - sum.beforeNano;
  return [
    name,
    String(sum.attempts),
    String(sum.changed),
    dollars(String(sum.beforeNano)),
    dollars(String(sum.afterNano)),
    `${difference > 0n ? '+' : ''}${dollars(String(difference))}`,
  ];
}

/** Columns as wide as their widest cell; everything but the first stands to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
const have = (count: number): string => (count === 1 ? 'has' : 'have');
