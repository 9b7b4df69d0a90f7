/** Sums of the ledger as one SQL statement: whole hours from the roll-ups where those hold what is asked for. */
import type { Dimension, Period, TotalsQuery, Where } from '../../reports/ledger-reader.ts';
import { ROLLED, storable } from '../columns.ts';
import { MEASURES } from './schema.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DEFAULT_LIMIT = 10_000;
const KINDS = ['exact', 'estimated', 'unpriced', 'unknown'] as const;
const ROLLED_NAMES: ReadonlySet<string> = new Set([...ROLLED, 'provider', 'model']);

/** Columns `d0`, `d1` … of the dimensions, `start_ms`, and the measures. */
export function totalsStatement({ fromMs, toMs, by, where = {}, per, limit = DEFAULT_LIMIT }: TotalsQuery): Statement {
  const values: (string | number)[] = [];
  const isRolled = [...by, ...Object.keys(where)].every((name) => ROLLED_NAMES.has(name));
  const whole = wholeHours({ fromMs, toMs });
  const select = (table: string, time: string, part: Period): string => {
    const dimensions = by.map((name, index) => `${expression(name, values)} AS d${index}`);
    const start = per === undefined ? '0' : floorTo(time, per === 'hour' ? HOUR_MS : DAY_MS);
    values.push(part.fromMs, part.toMs);
    const within = `${time} >= ? AND ${time} < ?${condition(where, values)}`;
    const columns = [...dimensions, `${start} AS start_ms`, 'certainty', ...MEASURES].join(', ');
    return `SELECT ${columns} FROM ${table} WHERE ${within}`;
  };
  const parts =
    isRolled && whole !== undefined
      ? [
          select('rollups', 'hour_ms', whole),
          ...(fromMs < whole.fromMs ? [select('entries', 'at_ms', { fromMs, toMs: whole.fromMs })] : []),
          ...(whole.toMs < toMs ? [select('entries', 'at_ms', { fromMs: whole.toMs, toMs })] : []),
        ]
      : [select('entries', 'at_ms', { fromMs, toMs })];
  const keys = [...by.map((_, index) => `d${index}`), ...(per === undefined ? [] : ['start_ms'])];
  const shown = [...by.map((_, index) => `d${index}`), ...SUMS, per === undefined ? '0 AS start_ms' : 'start_ms'];
  values.push(limit);
  return {
    text: `SELECT ${shown.join(', ')} FROM (${parts.join(' UNION ALL ')})
      ${keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')}`}
      ORDER BY ${['cost_nano DESC', ...keys].join(', ')} LIMIT ?`,
    values,
  };
}

const SUMS: readonly string[] = [
  ...MEASURES.map((name) => `coalesce(sum(${name}), 0) AS ${name}`),
  ...KINDS.flatMap((kind) =>
    ['attempts', 'cost_nano'].map(
      (name) => `coalesce(sum(${name}) FILTER (WHERE certainty = '${kind}'), 0) AS ${kind}_${name}`,
    ),
  ),
];

/** ` AND …` for every named dimension; empty where there are none. */
export function condition(where: Where, values: (string | number)[]): string {
  return Object.entries(where)
    .map(([name, value]) => {
      // The cast: the keys of a Where are dimensions.
      const text = ` AND ${expression(name as Dimension, values)} = ?`;
      values.push(storable(value ?? ''));
      return text;
    })
    .join('');
}

function expression(name: Dimension, values: (string | number)[]): string {
  if (isTag(name)) {
    // By the name itself: a JSON path has no way to say every name.
    values.push(storable(name.slice('tag:'.length)));
    return "coalesce((SELECT value FROM json_each(tags) WHERE key = ?), '')";
  }
  if (name === 'provider') return "substr(target, 1, instr(target || '/', '/') - 1)";
  if (name === 'model') return "CASE instr(target, '/') WHEN 0 THEN '' ELSE substr(target, instr(target, '/') + 1) END";
  return name;
}

const isTag = (name: Dimension): name is `tag:${string}` => name.startsWith('tag:');

function wholeHours({ fromMs, toMs }: Period): Period | undefined {
  const first = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const end = Math.floor(toMs / HOUR_MS) * HOUR_MS;
  return first < end ? { fromMs: first, toMs: end } : undefined;
}

/** No entry is older than the epoch. */
const floorTo = (time: string, stepMs: number): string => `(${time} / ${stepMs}) * ${stepMs}`;
