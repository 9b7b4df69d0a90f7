/**
 * Sums of the ledger as one SQL statement. Whole hours are read from the roll-ups, where those are kept by everything
 * that is asked for; what is left of the period at both ends, and everything else, from the entries.
 */
import type { Dimension, Period, TotalsQuery, Where } from '../../reports/ledger-reader.ts';
import { HOUR_MS, MEASURES } from '../columns.ts';
import { DAY_MS, DEFAULT_ROWS, isRolled, isTag, SUMS, wholeHours } from '../totals.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Of a row of entries, and of roll-ups where they have it. */
const EXPRESSIONS: { readonly [Name in Exclude<Dimension, `tag:${string}`>]: string } = {
  team: 'team',
  application: 'application',
  environment: 'environment',
  cost_center: 'cost_center',
  key_id: 'key_id',
  subject: 'subject',
  target: 'target',
  provider: "split_part(target, '/', 1)",
  model: "CASE WHEN position('/' IN target) = 0 THEN '' ELSE substr(target, position('/' IN target) + 1) END",
  requested_model: 'requested_model',
  operation: 'operation',
  outcome: 'outcome',
  certainty: 'certainty',
  policy_revision: 'policy_revision',
  decision_id: 'decision_id',
  call_id: 'call_id',
};

/** Columns `d0`, `d1` … of the dimensions, `start_ms`, and the measures, all as text. */
export function totalsStatement({ fromMs, toMs, by, where = {}, per, limit = DEFAULT_ROWS }: TotalsQuery): Statement {
  const values = new Values();
  const whole = wholeHours({ fromMs, toMs });
  const dimensions = by.map((name, index) => `${expression(name, values)} AS d${index}`);
  const matches = condition(where, values);
  const select = (table: string, time: string, periods: readonly Period[]): string => {
    const within = periods.map(
      (part) => `(${time} >= ${values.add(part.fromMs)} AND ${time} < ${values.add(part.toMs)})`,
    );
    const start = per === undefined ? '0::bigint' : floorTo(time, per === 'hour' ? HOUR_MS : DAY_MS);
    const columns = [...dimensions, `${start} AS start_ms`, 'certainty', ...MEASURES].join(', ');
    return `SELECT ${columns} FROM ${table} WHERE (${within.join(' OR ')})${matches}`;
  };
  const parts =
    whole !== undefined && isRolled([...by, ...Object.keys(where)])
      ? [
          select('turnpike_rollups', 'hour_ms', [whole]),
          select('turnpike_entries', 'at_ms', [
            { fromMs, toMs: whole.fromMs },
            { fromMs: whole.toMs, toMs },
          ]),
        ]
      : [select('turnpike_entries', 'at_ms', [{ fromMs, toMs }])];
  const keys = [...by.map((_, index) => `d${index}`), ...(per === undefined ? [] : ['start_ms'])];
  const grouped = keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')}`;
  const text = `
    SELECT ${[...by.map((_, index) => `d${index}`), ...SUMS, per === undefined ? '0::bigint AS start_ms' : 'start_ms'].join(', ')}
    FROM (${parts.join(' UNION ALL ')}) AS parts ${grouped}
    ORDER BY ${['cost_nano DESC', ...keys].join(', ')} LIMIT ${values.add(limit)}`;
  return { text, values: values.all };
}

/** Parameters of a statement, in the order in which they are added. */
export class Values {
  readonly all: unknown[] = [];

  /** @returns what stands for it */
  add(value: string | number): string {
    this.all.push(typeof value === 'number' ? Math.floor(value) : value);
    return `$${this.all.length}${typeof value === 'number' ? '::bigint' : '::text'}`;
  }
}

/** ` AND …` for every named dimension; empty where there are none. */
export function condition(where: Where, values: Values): string {
  return Object.entries(where)
    .map(([name, value]) => {
      // The cast: the keys of a Where are dimensions.
      const text = expression(name as Dimension, values);
      return ` AND ${text} = ${values.add(value ?? '')}`;
    })
    .join('');
}

function expression(name: Dimension, values: Values): string {
  if (isTag(name)) return `coalesce(tags ->> ${values.add(name.slice('tag:'.length))}, '')`;
  return EXPRESSIONS[name];
}

const floorTo = (time: string, stepMs: number): string => `floor(${time}::numeric / ${stepMs})::bigint * ${stepMs}`;
