/** Sums of the ledger as one SQL statement: whole hours from the roll-ups where those hold what is asked for. */
import type { Dimension, Period, TotalsQuery, Where } from '../../reports/ledger-reader.ts';
import { HOUR_MS, MEASURES, storable } from '../columns.ts';
import { DAY_MS, DEFAULT_ROWS, isRolled, isTag, SUMS, wholeHours } from '../totals.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** Columns `d0`, `d1` … of the dimensions, `start_ms`, and the measures. */
export function totalsStatement({ fromMs, toMs, by, where = {}, per, limit = DEFAULT_ROWS }: TotalsQuery): Statement {
  const values: (string | number)[] = [];
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
    whole !== undefined && isRolled([...by, ...Object.keys(where)])
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

/** No entry is older than the epoch. */
const floorTo = (time: string, stepMs: number): string => `(${time} / ${stepMs}) * ${stepMs}`;
