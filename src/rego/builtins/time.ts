/**
 * time.*: instants are nanoseconds since 1970 in 64 bits, layouts and zones are Go's.
 * Owns: those builtins. May import: calendar, zones, layouts and operands beside it.
 * Fails: undefined where a text or an instant is out of range. The clock is the evaluation's, so a replay is exact.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { integerResult, toInteger } from './number.ts';
import { chargeText, intOperand, numberOperand, stringOperand, undefinedBecause } from './operand.ts';
import {
  civilFromDays,
  daysFromCivil,
  floorDivide,
  NS_PER_SECOND,
  SECONDS_PER_DAY,
  WEEKDAYS,
  weekdayOf,
} from './time-civil.ts';
import { parseDuration } from './time-duration.ts';
import { formatTime, NAMED_LAYOUTS } from './time-layout.ts';
import { parseTime } from './time-parse.ts';
import { UTC, type Zone, zoneOf } from './time-zone.ts';
import { isArray } from './value.ts';

const INT64_LIMIT = 2n ** 63n;
/** Cost of a look-up in a time zone, in units of fuel. */
const ZONE_UNITS = 5_000;

interface ZonedTime {
  readonly unixSeconds: number;
  readonly nanoseconds: number;
  readonly zone: Zone;
  readonly layout: string;
}

/** `ns`, `[ns]`, `[ns, zone]` or `[ns, zone, layout]`. */
function timeOperand(evaluation: BuiltinContext, value: unknown, position: number): ZonedTime {
  const parts = isArray(value) ? value : [value];
  if (parts.length === 0) undefinedBecause('either number (ns) or [number (ns), string (tz)]');
  const ns = toInteger(numberOperand(parts[0], position));
  if (ns === undefined || ns >= INT64_LIMIT || ns < -INT64_LIMIT) return undefinedBecause('timestamp too big');
  evaluation.charge(ZONE_UNITS);
  const zone = parts.length > 1 ? zoneOf(stringOperand(parts[1], position)) : UTC;
  const layout = parts.length > 2 ? stringOperand(parts[2], position) : '';
  const seconds = floorDivide(ns, NS_PER_SECOND);
  return {
    unixSeconds: Number(seconds),
    nanoseconds: Number(ns - seconds * NS_PER_SECOND),
    zone: zone ?? undefinedBecause('unknown time zone'),
    layout,
  };
}

interface Local {
  readonly days: number;
  readonly secondOfDay: number;
}

function localOf({ unixSeconds, zone }: ZonedTime): Local {
  const local = unixSeconds + zone.offsetAt(unixSeconds);
  const days = Math.floor(local / SECONDS_PER_DAY);
  return { days, secondOfDay: local - days * SECONDS_PER_DAY };
}

function clockOf({ secondOfDay }: Local): [number, number, number] {
  return [Math.trunc(secondOfDay / 3600), Math.trunc(secondOfDay / 60) % 60, secondOfDay % 60];
}

function instant(ns: bigint | undefined): number | bigint {
  if (ns === undefined || ns >= INT64_LIMIT || ns < -INT64_LIMIT)
    return undefinedBecause('time outside of valid range');
  return integerResult(ns);
}

function now(evaluation: BuiltinContext): number | bigint {
  return integerResult(evaluation.nowNs);
}

function parse(evaluation: BuiltinContext, layout: unknown, value: unknown): number | bigint {
  const format = stringOperand(layout, 1);
  const text = stringOperand(value, 2);
  chargeText(evaluation, 'time.parse_ns', format.length * 10 + text.length);
  return instant(parseTime(NAMED_LAYOUTS.get(format) ?? format, text));
}

function parseRfc3339(evaluation: BuiltinContext, value: unknown): number | bigint {
  return parse(evaluation, 'RFC3339', value);
}

function duration(evaluation: BuiltinContext, value: unknown): number | bigint {
  const text = stringOperand(value, 1);
  chargeText(evaluation, 'time.parse_duration_ns', text.length * 10);
  return integerResult(parseDuration(text) ?? undefinedBecause('invalid duration'));
}

function format(evaluation: BuiltinContext, value: unknown): string {
  const time = timeOperand(evaluation, value, 1);
  const layout = time.layout === '' ? 'RFC3339Nano' : time.layout;
  chargeText(evaluation, 'time.format', layout.length * 50);
  return formatTime(NAMED_LAYOUTS.get(layout) ?? layout, time.unixSeconds, time.nanoseconds, time.zone);
}

function date(evaluation: BuiltinContext, value: unknown): number[] {
  const { year, month, day } = civilFromDays(localOf(timeOperand(evaluation, value, 1)).days);
  return [year, month, day];
}

function clock(evaluation: BuiltinContext, value: unknown): number[] {
  return clockOf(localOf(timeOperand(evaluation, value, 1)));
}

function weekday(evaluation: BuiltinContext, value: unknown): string | undefined {
  return WEEKDAYS[weekdayOf(localOf(timeOperand(evaluation, value, 1)).days)];
}

/** Furthest that a date is moved; beyond it every result is out of range anyway. */
const MAX_SHIFT = 10_000_000;

function addDate(
  evaluation: BuiltinContext,
  value: unknown,
  years: unknown,
  months: unknown,
  days: unknown,
): number | bigint {
  const time = timeOperand(evaluation, value, 1);
  const shift = [intOperand(years, 2), intOperand(months, 3), intOperand(days, 4)] as const;
  if (shift.some((part) => Math.abs(part) > MAX_SHIFT)) undefinedBecause('time outside of valid range');
  const local = localOf(time);
  const { year, month, day } = civilFromDays(local.days);
  const moved = daysFromCivil(year + shift[0], month + shift[1], 1) + (day - 1) + shift[2];
  const asUtc = moved * SECONDS_PER_DAY + local.secondOfDay;
  return instant(BigInt(toUtc(asUtc, time.zone)) * NS_PER_SECOND + BigInt(time.nanoseconds));
}

/** A local time as Unix seconds; a time that the zone skips or repeats is read as Go reads it. */
function toUtc(local: number, zone: Zone): number {
  const guess = zoneOffset(zone, local);
  return guess === 0 ? local : local - zoneOffset(zone, local - guess);
}

/** Zones far outside the range of 64-bit nanoseconds need no look-up, and ICU has none. */
function zoneOffset(zone: Zone, unixSeconds: number): number {
  return Math.abs(unixSeconds) > 2 ** 34 ? 0 : zone.offsetAt(unixSeconds);
}

/** Years, months, days, hours, minutes and seconds between two times, in the zone of the first operand. */
function difference(evaluation: BuiltinContext, first: unknown, second: unknown): number[] {
  const a = timeOperand(evaluation, first, 1);
  const b = { ...timeOperand(evaluation, second, 2), zone: a.zone };
  const ordered = a.unixSeconds < b.unixSeconds || (a.unixSeconds === b.unixSeconds && a.nanoseconds <= b.nanoseconds);
  const [from, to] = (ordered ? [a, b] : [b, a]).map(localOf) as [Local, Local]; // two in, two out
  const start = civilFromDays(from.days);
  const end = civilFromDays(to.days);
  const [h1, m1, s1] = clockOf(from);
  const [h2, m2, s2] = clockOf(to);
  const parts = [end.year - start.year, end.month - start.month, end.day - start.day, h2 - h1, m2 - m1, s2 - s1];
  const daysOfMonth = daysFromCivil(start.year, start.month + 1, 1) - daysFromCivil(start.year, start.month, 1);
  const bases = [0, 12, daysOfMonth, 24, 60, 60];
  for (let i = parts.length - 1; i > 0; i -= 1) {
    if ((parts[i] ?? 0) >= 0) continue;
    parts[i] = (parts[i] ?? 0) + (bases[i] ?? 0);
    parts[i - 1] = (parts[i - 1] ?? 0) - 1;
  }
  return parts;
}

export const TIME: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['time.now_ns', now],
  ['time.parse_ns', parse],
  ['time.parse_rfc3339_ns', parseRfc3339],
  ['time.parse_duration_ns', duration],
  ['time.format', format],
  ['time.date', date],
  ['time.clock', clock],
  ['time.weekday', weekday],
  ['time.add_date', addDate],
  ['time.diff', difference],
];
