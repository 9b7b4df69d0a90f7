/**
 * Go's time layouts, which show how the reference time Mon Jan 2 15:04:05 MST 2006 would look: reading and formatting.
 * Owns: the elements of a layout and what each prints. May import: calendar and zones beside it. Fails: never.
 */
import { civilFromDays, daysFromCivil, MONTHS, SECONDS_PER_DAY, WEEKDAYS, weekdayOf } from './time-civil.ts';
import type { Zone } from './time-zone.ts';

/** A stretch of literal text, and the element that follows it; empty where the layout ends. */
export interface LayoutPart {
  readonly literal: string;
  readonly element: string;
}

const ELEMENT = new RegExp(
  [
    'January',
    'Jan(?![a-z])',
    'Monday',
    'Mon(?![a-z])',
    'MST',
    '0[1-6]',
    '002',
    '15',
    '1',
    '2006',
    '2',
    '_2(?!006)',
    '__2',
    '3',
    '4',
    '5',
    'PM',
    'pm',
    '[-Z]07(?:0000|:00:00|00|:00|)',
    '[.,](?:0+|9+)(?!\\d)',
  ].join('|'),
  'g',
);

/** Layouts that OPA knows by name. */
export const NAMED_LAYOUTS: ReadonlyMap<string, string> = new Map([
  ['ANSIC', 'Mon Jan _2 15:04:05 2006'],
  ['UnixDate', 'Mon Jan _2 15:04:05 MST 2006'],
  ['RubyDate', 'Mon Jan 02 15:04:05 -0700 2006'],
  ['RFC822', '02 Jan 06 15:04 MST'],
  ['RFC822Z', '02 Jan 06 15:04 -0700'],
  ['RFC850', 'Monday, 02-Jan-06 15:04:05 MST'],
  ['RFC1123', 'Mon, 02 Jan 2006 15:04:05 MST'],
  ['RFC1123Z', 'Mon, 02 Jan 2006 15:04:05 -0700'],
  ['RFC3339', '2006-01-02T15:04:05Z07:00'],
  ['RFC3339Nano', '2006-01-02T15:04:05.999999999Z07:00'],
]);

export function layoutParts(layout: string): readonly LayoutPart[] {
  const parts: LayoutPart[] = [];
  let at = 0;
  for (const match of layout.matchAll(ELEMENT)) {
    parts.push({ literal: layout.slice(at, match.index), element: match[0] });
    at = match.index + match[0].length;
  }
  parts.push({ literal: layout.slice(at), element: '' });
  return parts;
}

/** Formats the instant `unixSeconds + nanoseconds` in a zone. */
export function formatTime(layout: string, unixSeconds: number, nanoseconds: number, zone: Zone): string {
  const local = unixSeconds + zone.offsetAt(unixSeconds);
  const days = Math.floor(local / SECONDS_PER_DAY);
  const moment: Moment = { unixSeconds, nanoseconds, zone, days, secondOfDay: local - days * SECONDS_PER_DAY };
  return layoutParts(layout)
    .map(({ literal, element }) => literal + print(element, moment))
    .join('');
}

interface Moment {
  readonly unixSeconds: number;
  readonly nanoseconds: number;
  readonly zone: Zone;
  /** Days since 1970 in the zone. */
  readonly days: number;
  readonly secondOfDay: number;
}

function padded(value: number, width: number, fill = '0'): string {
  return String(value).padStart(width, fill);
}

function print(element: string, moment: Moment): string {
  const { year, month, day } = civilFromDays(moment.days);
  const hour = Math.trunc(moment.secondOfDay / 3600);
  const minute = Math.trunc(moment.secondOfDay / 60) % 60;
  const second = moment.secondOfDay % 60;
  switch (element) {
    case '':
      return '';
    case 'January':
      return MONTHS[month - 1] ?? '';
    case 'Jan':
      return (MONTHS[month - 1] ?? '').slice(0, 3);
    case '1':
      return String(month);
    case '01':
      return padded(month, 2);
    case 'Monday':
      return WEEKDAYS[weekdayOf(moment.days)] ?? '';
    case 'Mon':
      return (WEEKDAYS[weekdayOf(moment.days)] ?? '').slice(0, 3);
    case '2':
      return String(day);
    case '_2':
      return padded(day, 2, ' ');
    case '02':
      return padded(day, 2);
    case '__2':
      return padded(dayOfYear(year, moment.days), 3, ' ');
    case '002':
      return padded(dayOfYear(year, moment.days), 3);
    case '2006':
      return padded(year, 4);
    case '06':
      return padded(year % 100, 2);
    case '15':
      return padded(hour, 2);
    case '3':
      return String(hour % 12 === 0 ? 12 : hour % 12);
    case '03':
      return padded(hour % 12 === 0 ? 12 : hour % 12, 2);
    case '4':
      return String(minute);
    case '04':
      return padded(minute, 2);
    case '5':
      return String(second);
    case '05':
      return padded(second, 2);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return moment.zone.abbreviationAt(moment.unixSeconds);
    default:
      return element.includes('07') ? printOffset(element, moment) : printFraction(element, moment.nanoseconds);
  }
}

function dayOfYear(year: number, days: number): number {
  return days - daysFromCivil(year, 1, 1) + 1;
}

function printOffset(element: string, moment: Moment): string {
  const offsetSeconds = moment.zone.offsetAt(moment.unixSeconds);
  if (element.startsWith('Z') && offsetSeconds === 0) return 'Z';
  const absolute = Math.abs(offsetSeconds);
  const fields = [Math.trunc(absolute / 3600), Math.trunc(absolute / 60) % 60, absolute % 60];
  const digits = element.replaceAll(/\D/g, '').length / 2;
  const sign = Math.trunc(offsetSeconds / 60) < 0 ? '-' : '+';
  return (
    sign +
    fields
      .slice(0, digits)
      .map((field) => padded(field, 2))
      .join(element.includes(':') ? ':' : '')
  );
}

/** `.000` prints as many digits; `.999` leaves out trailing zeros, and itself where nothing is left. */
function printFraction(element: string, nanoseconds: number): string {
  const digits = padded(nanoseconds, 9).slice(0, element.length - 1);
  if (element.charAt(1) === '0') return element.charAt(0) + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : element.charAt(0) + trimmed;
}
