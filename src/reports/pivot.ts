/**
 * Sums by any dimensions, per hour, day, week or month of a time zone, down to single decisions and calls. What does
 * not fit the limit is told as one row of others, so that the rows always sum to the total.
 */

import {
  addDays,
  type Calendar,
  createCalendar,
  firstOfMonth,
  firstOfNextMonth,
  type LocalDate,
  mondayOf,
  weekName,
} from '../core/calendar.ts';
import { Failure } from '../core/failure.ts';
import { DIMENSIONS, type Dimension, type LedgerReader, type Period, type Where } from './ledger-reader.ts';
import { byCost, minus, type Sums, sumOf } from './sums.ts';

const UNITS = ['hour', 'day', 'week', 'month'] as const;
export type PivotUnit = (typeof UNITS)[number];

export interface PivotQuestion {
  /** Local dates; `to` is told as well. */
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly timeZone: string;
  readonly by: readonly Dimension[];
  readonly per?: PivotUnit;
  readonly where?: Where;
  /** Rows of a bucket at most, the dearest first; default 100. */
  readonly limit?: number;
}

export interface Pivot {
  readonly timeZone: string;
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly by: readonly Dimension[];
  readonly per?: PivotUnit;
  readonly where: Where;
  readonly total: Sums;
  /** In the order of time, the dearest first. */
  readonly rows: readonly PivotRow[];
}

export interface PivotRow {
  /** Such as `2026-11-22`, `2026-W47`, `2026-11`; absent: one for the period. */
  readonly bucket?: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** By the dimensions, in their order; `others`: of all that the limit left out. */
  readonly values: readonly string[] | 'others';
  readonly sums: Sums;
}

const MOST_DAYS = 400;
const MOST_DIMENSIONS = 8;
const MOST_ROWS = 100_000;
/** With hours: a row of each is much for a terminal and for a ledger. */
const MOST_DAYS_OF_HOURS = 32;
const HOUR_MS = 3_600_000;

/** @throws Failure `invalid_request` where the question is none; what the reader throws */
export async function pivot(reader: LedgerReader, question: PivotQuestion): Promise<Pivot> {
  const { by, per, where = {}, limit = 100 } = question;
  const calendar = createCalendar(question.timeZone);
  const buckets = bucketsOf(calendar, question);
  const found: PivotRow[][] = [];
  // One after the other: a bucket is quick, and a ledger has others to serve.
  for (const bucket of buckets) found.push(await readBucket(reader, bucket, { by, where, limit }));
  const rows = found.flat();
  return {
    timeZone: question.timeZone,
    fromMs: calendar.startOf(question.from),
    toMs: calendar.startOf(addDays(question.to, 1)),
    by,
    ...(per === undefined ? {} : { per }),
    where,
    total: sumOf(rows.map((row) => row.sums)),
    rows,
  };
}

type Bucket = Period & { readonly name?: string };

async function readBucket(
  reader: LedgerReader,
  { name, fromMs, toMs }: Bucket,
  { by, where, limit }: { readonly by: readonly Dimension[]; readonly where: Where; readonly limit: number },
): Promise<PivotRow[]> {
  const read = await reader.totals({ fromMs, toMs, by, where, limit: limit + 1 });
  const bucket = { fromMs, toMs, ...(name === undefined ? {} : { bucket: name }) };
  const rows = read
    // A sum of nothing is no row, with whatever a ledger answers.
    .filter((sums) => sums.attempts !== 0 || sums.costNano !== 0n)
    .map((sums): PivotRow => ({ ...bucket, values: sums.values, sums }))
    .toSorted((left, right) =>
      byCost({ name: String(left.values), sums: left.sums }, { name: String(right.values), sums: right.sums }),
    );
  if (rows.length <= limit) return rows;
  const shown = rows.slice(0, limit);
  const all = sumOf(await reader.totals({ fromMs, toMs, by: [], where, limit: 1 }));
  return [...shown, { ...bucket, values: 'others', sums: minus(all, sumOf(shown.map((row) => row.sums))) }];
}

function bucketsOf(calendar: Calendar, { from, to, by, per, limit = 100 }: PivotQuestion): readonly Bucket[] {
  const end = addDays(to, 1);
  const [fromMs, toMs] = [calendar.startOf(from), calendar.startOf(end)];
  const days = Math.round((toMs - fromMs) / (24 * HOUR_MS));
  if (days < 1) throw invalid(`to: must not be before from (actual: ${from} to ${to})`);
  if (days > MOST_DAYS) throw invalid(`from, to: must be at most ${MOST_DAYS} days apart (actual: ${days})`);
  if (by.length > MOST_DIMENSIONS) throw invalid(`by: must be at most ${MOST_DIMENSIONS} (actual: ${by.length})`);
  if (new Set(by).size < by.length) throw invalid(`by: names one twice (actual: ${by.join(',')})`);
  if (!(Number.isInteger(limit) && limit >= 1 && limit < MOST_ROWS)) {
    throw invalid(`limit: must be from 1 to ${MOST_ROWS - 1} (actual: ${limit})`);
  }
  if (per === 'hour' && days > MOST_DAYS_OF_HOURS) {
    throw invalid(`per hour: must be at most ${MOST_DAYS_OF_HOURS} days (actual: ${days})`);
  }
  if (per === undefined) return [{ fromMs, toMs }];
  if (per === 'hour') return hours(calendar, fromMs, toMs);
  const buckets: Bucket[] = [];
  for (let day = from; day < end; ) {
    const next = nextStart(day, per);
    const until = earlier(next, end);
    buckets.push({ name: nameOf(day, per), fromMs: calendar.startOf(day), toMs: calendar.startOf(until) });
    day = until;
  }
  return buckets;
}

/** Dates sort as text. */
function earlier(left: LocalDate, right: LocalDate): LocalDate {
  if (left < right) return left;
  return right;
}

/** Of the clock of the zone's day: 23 or 25 where it changes; each begins so many hours after the day. */
function hours(calendar: Calendar, fromMs: number, toMs: number): readonly Bucket[] {
  return Array.from({ length: Math.ceil((toMs - fromMs) / HOUR_MS) }, (_, index) => {
    const startMs = fromMs + index * HOUR_MS;
    return { name: calendar.hour(startMs), fromMs: startMs, toMs: Math.min(toMs, startMs + HOUR_MS) };
  });
}

function nextStart(day: LocalDate, per: Exclude<PivotUnit, 'hour'>): LocalDate {
  switch (per) {
    case 'day':
      return addDays(day, 1);
    case 'week':
      return addDays(mondayOf(day), 7);
    case 'month':
      return firstOfNextMonth(day);
  }
}

function nameOf(day: LocalDate, per: Exclude<PivotUnit, 'hour'>): string {
  switch (per) {
    case 'day':
      return day;
    case 'week':
      return weekName(day);
    case 'month':
      return firstOfMonth(day).slice(0, 7);
  }
}

/** @throws Failure `invalid_request` that names what may be asked */
export function parseDimensions(text: string): readonly Dimension[] {
  if (text.trim() === '') return [];
  return text.split(',').map((part) => parseDimension(part.trim(), 'by'));
}

export function parseUnit(text: string): PivotUnit {
  const unit = UNITS.find((one) => one === text);
  if (unit === undefined) throw invalid(`per: must be one of ${UNITS.join(', ')} (actual: "${text.slice(0, 32)}")`);
  return unit;
}

/** @param pairs each such as `environment=prod`; an empty value asks for what lacks it */
export function parseWhere(pairs: readonly string[]): Where {
  const where: { [Name in Dimension]?: string } = {};
  for (const pair of pairs) {
    const mark = pair.indexOf('=');
    if (mark < 0) throw invalid(`where: must be name=value (actual: "${pair.slice(0, 64)}")`);
    const name = parseDimension(pair.slice(0, mark).trim(), 'where');
    const value = pair.slice(mark + 1);
    const before = where[name];
    if (before !== undefined && before !== value) throw invalid(`where: names "${name}" twice`);
    where[name] = value;
  }
  return where;
}

function parseDimension(text: string, name: string): Dimension {
  const known = DIMENSIONS.find((one) => one === text);
  if (known !== undefined) return known;
  // The cast: a template type is not told from its test.
  if (/^tag:.{1,128}$/.test(text)) return text as `tag:${string}`;
  throw invalid(`${name}: must be one of ${DIMENSIONS.join(', ')} or tag:name (actual: "${text.slice(0, 64)}")`);
}

const invalid = (message: string): Failure => new Failure('invalid_request', message);
