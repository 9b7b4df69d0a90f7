/** What readers of every store share: which sums roll-ups hold, where a period is cut into whole hours, what rows say. */
import { Failure } from '../core/failure.ts';
import type { Dimension, Period, TotalsRow } from '../reports/ledger-reader.ts';
import { HOUR_MS, MEASURES, ROLLED } from './columns.ts';

export const DAY_MS = 24 * HOUR_MS;
export const DEFAULT_ROWS = 10_000;
export const DEFAULT_ENTRIES = 1_000;

const ROLLED_NAMES: ReadonlySet<string> = new Set([...ROLLED, 'provider', 'model']);

/** Whether roll-ups are kept by all of these. */
export const isRolled = (names: readonly string[]): boolean => names.every((name) => ROLLED_NAMES.has(name));

export const isTag = (name: Dimension): name is `tag:${string}` => name.startsWith('tag:');

/** The whole hours of a period; undefined: it has none. */
export function wholeHours({ fromMs, toMs }: Period): Period | undefined {
  const first = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const end = Math.floor(toMs / HOUR_MS) * HOUR_MS;
  return first < end ? { fromMs: first, toMs: end } : undefined;
}

/** Columns of a sum, as SQL: each measure, and attempts and cost of each certainty. `totalsRow` reads them. */
export const SUMS: readonly string[] = [
  ...MEASURES.map((name) => `coalesce(sum(${name}), 0) AS ${name}`),
  ...['exact', 'estimated', 'unpriced', 'unknown'].flatMap((kind) =>
    ['attempts', 'cost_nano'].map(
      (name) => `coalesce(sum(${name}) FILTER (WHERE certainty = '${kind}'), 0) AS ${kind}_${name}`,
    ),
  ),
];

/** Sums are bigint, values of dimensions `d0`, `d1` … text. */
export type SummedColumns = { readonly [column: string]: string | bigint | undefined };

export function totalsRow(row: SummedColumns, dimensions: number, perStart: boolean): TotalsRow {
  const nano = (name: string): bigint => BigInt(row[name] ?? 0n);
  const count = (name: string): number => Number(nano(name));
  const part = (kind: string) => ({ attempts: count(`${kind}_attempts`), costNano: nano(`${kind}_cost_nano`) });
  return {
    values: Array.from({ length: dimensions }, (_, index) => String(row[`d${index}`] ?? '')),
    ...(perStart ? { startMs: count('start_ms') } : undefined),
    calls: count('calls'),
    attempts: count('attempts'),
    inputTokens: count('input_tokens'),
    cacheReadTokens: count('cache_read_tokens'),
    outputTokens: count('output_tokens'),
    costNano: nano('cost_nano'),
    certainty: {
      exact: part('exact'),
      estimated: part('estimated'),
      unpriced: part('unpriced'),
      unknown: part('unknown'),
    },
  };
}

/** Where an entry lies in the order of time: what a page goes on behind. */
export const cursorOf = (atMs: unknown, id: unknown): string => `${atMs}|${id}`;

export function readCursor(cursor: string): readonly [atMs: number, id: string] {
  const [, atMs, id] = /^(-?\d+)\|(.*)$/s.exec(cursor) ?? [];
  if (atMs === undefined || id === undefined) throw new Failure('invalid_request', `"${cursor}" is no cursor`);
  return [Number(atMs), id];
}
