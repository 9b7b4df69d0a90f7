/** A pivot, and single entries, as sheets. */
import { formatInstant } from '../core/instant.ts';
import { certaintyOf } from '../core/ledger-entry.ts';
import type { StoredEntry } from './ledger-reader.ts';
import { ratio } from './money.ts';
import type { Pivot, PivotRow } from './pivot.ts';
import { change, count, left, money, right, type Sheet, type SheetCell, share, text } from './sheet.ts';
import type { Sums } from './sums.ts';

export function pivotSheets(pivot: Pivot): readonly Sheet[] {
  const { by, per, where, timeZone, fromMs, toMs, total } = pivot;
  const dimensions = [...(per === undefined ? [] : [left(per)]), ...by.map(left)];
  const filter = Object.entries(where).map(([name, value]) => `${name}=${value}`);
  const rows = pivot.rows.map((row) => ({
    cells: [
      ...(per === undefined ? [] : [text(row.bucket ?? '')]),
      ...by.map((_, index) => text(nameOf(row, index))),
      ...sumCells(row.sums, total),
    ],
  }));
  const all = dimensions.map((_, index) => text(index === 0 ? 'all' : ''));
  const title = [
    `${formatInstant(fromMs).slice(0, 16)}Z to ${formatInstant(toMs).slice(0, 16)}Z`,
    `(${timeZone})`,
    ...filter,
  ];
  return [
    {
      title: title.join(' '),
      columns: [
        ...dimensions,
        right('cost'),
        right('share'),
        right('calls'),
        right('attempts'),
        right('input'),
        right('cached'),
        right('output'),
      ],
      rows: rows.length > 1 ? [...rows, { total: true, cells: [...all, ...sumCells(total, total)] }] : rows,
      notes: rows.length === 0 ? ['nothing was asked in this time'] : doubtNotes(total),
    },
  ];
}

function nameOf({ values }: PivotRow, index: number): string {
  if (values === 'others') return index === 0 ? '(others)' : '';
  const value = values[index] ?? '';
  return value === '' ? '(none)' : value;
}

const sumCells = (sums: Sums, total: Sums): readonly SheetCell[] => [
  money(sums.costNano),
  share(ratio(sums.costNano, total.costNano)),
  count(sums.calls),
  count(sums.attempts),
  count(sums.inputTokens),
  count(sums.cacheReadTokens),
  count(sums.outputTokens),
];

function doubtNotes({ certainty: { estimated, unpriced, unknown } }: Sums): readonly string[] {
  const said = ([name, attempts]: readonly [string, number]): readonly string[] =>
    attempts === 0 ? [] : [`${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} ${name}`];
  const notes = [
    ['estimated', estimated.attempts] as const,
    ['without a price', unpriced.attempts] as const,
    ['whose cost nobody knows', unknown.attempts] as const,
  ].flatMap(said);
  return notes.length === 0 ? [] : [notes.join(', ')];
}

export function entriesSheet(entries: readonly StoredEntry[]): Sheet {
  return {
    title: `${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}`,
    columns: [
      left('at'),
      left('entry'),
      left('decision'),
      left('team'),
      left('application'),
      left('target'),
      left('outcome'),
      right('input'),
      right('output'),
      right('cost'),
      left('certainty'),
    ],
    rows: entries.map(({ entry }) => {
      const certainty = certaintyOf(entry.cost);
      const tokens = entry.kind === 'attempt' && entry.usage.kind !== 'unknown' ? entry.usage.tokens : undefined;
      const cost = entry.cost.kind === 'priced' ? entry.cost.items.totalNano : 0n;
      const known = certainty === 'exact' || certainty === 'estimated';
      const charge = entry.kind === 'adjustment' ? change(cost) : money(cost);
      return {
        cells: [
          text(formatInstant(entry.atMs)),
          text(entry.id),
          text(entry.decisionId),
          text(entry.attribution.team),
          text(entry.attribution.application),
          text(entry.target),
          text(entry.kind === 'attempt' ? entry.outcome : `${entry.why}: corrects ${entry.adjusts}`),
          tokens === undefined ? text('') : count(tokens.input),
          tokens === undefined ? text('') : count(tokens.output),
          known ? charge : text('?'),
          text(certainty),
        ],
      };
    }),
    notes: entries.length === 0 ? ['no entry fits'] : [],
  };
}
