/**
 * Reading a time by a Go layout.
 * Owns: what each element of a layout accepts. May import: the calendar and layouts beside it.
 * Fails: undefined where the text does not fit the layout or a field is out of range.
 */
import { daysFromCivil, daysInMonth, MONTHS, NS_PER_SECOND, SECONDS_PER_DAY, WEEKDAYS } from './time-civil.ts';
import { type LayoutPart, layoutParts } from './time-layout.ts';

interface Fields {
  year: number;
  month: number | undefined;
  day: number | undefined;
  yearDay: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanoseconds: number;
  half: 'am' | 'pm' | undefined;
  utc: boolean;
  offsetSeconds: number | undefined;
  zoneName: string;
}

/** What is left of the text, or undefined where the element does not fit. */
type Rest = string | undefined;

/** Nanoseconds since 1970, or undefined where the text does not fit. A zone's name alone counts as UTC, as in Go. */
export function parseTime(layout: string, text: string): bigint | undefined {
  const fields: Fields = {
    year: 0,
    month: undefined,
    day: undefined,
    yearDay: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanoseconds: 0,
    half: undefined,
    utc: false,
    offsetSeconds: undefined,
    zoneName: '',
  };
  const parts = layoutParts(layout);
  let rest: Rest = text;
  for (const [i, part] of parts.entries()) {
    rest = skip(rest, part.literal);
    if (rest === undefined) return undefined;
    if (part.element === '') return rest === '' ? instantOf(fields) : undefined;
    rest = read(part.element, rest, fields, parts[i + 1]);
    if (rest === undefined) return undefined;
  }
  return undefined;
}

/** Literal text, in which any run of spaces stands for any other, and at the end for none. */
function skip(text: string, literal: string): Rest {
  let rest = text;
  let wanted = literal;
  while (wanted !== '') {
    if (wanted.startsWith(' ')) {
      if (rest !== '' && !rest.startsWith(' ')) return undefined;
      wanted = wanted.replace(/^ +/, '');
      rest = rest.replace(/^ +/, '');
      continue;
    }
    if (rest.charAt(0) !== wanted.charAt(0)) return undefined;
    wanted = wanted.slice(1);
    rest = rest.slice(1);
  }
  return rest;
}

/** Takes digits off the text; within the range, or the element does not fit. */
function digits(text: string, pattern: RegExp, low: number, high: number, take: (value: number) => void): Rest {
  const match = pattern.exec(text);
  const value = Number(match?.[0]);
  if (match === null || value < low || value > high) return undefined;
  take(value);
  return text.slice(match[0].length);
}

const TWO = /^\d\d/;
const ONE_OR_TWO = /^\d\d?/;

function read(element: string, text: string, fields: Fields, next: LayoutPart | undefined): Rest {
  switch (element) {
    case '2006':
      return digits(text, /^\d{4}/, 0, 9999, (value) => (fields.year = value));
    case '06':
      return digits(text, TWO, 0, 99, (value) => (fields.year = value + (value >= 69 ? 1900 : 2000)));
    case 'January':
      return name(text, MONTHS, (index) => (fields.month = index + 1));
    case 'Jan':
      return name(
        text,
        MONTHS.map((month) => month.slice(0, 3)),
        (index) => (fields.month = index + 1),
      );
    case '1':
    case '01':
      return digits(text, element === '1' ? ONE_OR_TWO : TWO, 1, 12, (value) => (fields.month = value));
    case 'Monday':
      return name(text, WEEKDAYS, () => undefined);
    case 'Mon':
      return name(
        text,
        WEEKDAYS.map((day) => day.slice(0, 3)),
        () => undefined,
      );
    case '2':
    case '_2':
    case '02': {
      const trimmed = element === '_2' ? text.replace(/^ /, '') : text;
      return digits(trimmed, element === '02' ? TWO : ONE_OR_TWO, 0, 99, (value) => (fields.day = value));
    }
    case '__2':
      return digits(text.replace(/^ {1,2}/, ''), /^\d{1,3}/, 0, 999, (value) => (fields.yearDay = value));
    case '002':
      return digits(text, /^\d{3}/, 0, 999, (value) => (fields.yearDay = value));
    case '15':
      return digits(text, ONE_OR_TWO, 0, 23, (value) => (fields.hour = value));
    case '3':
    case '03':
      return digits(text, element === '3' ? ONE_OR_TWO : TWO, 0, 12, (value) => (fields.hour = value));
    case '4':
    case '04':
      return digits(text, element === '4' ? ONE_OR_TWO : TWO, 0, 59, (value) => (fields.minute = value));
    case '5':
    case '05':
      return seconds(
        digits(text, element === '5' ? ONE_OR_TWO : TWO, 0, 59, (value) => (fields.second = value)),
        fields,
        next,
      );
    case 'PM':
    case 'pm': {
      const half = text.slice(0, 2);
      if (half.toLowerCase() !== 'am' && half.toLowerCase() !== 'pm') return undefined;
      if ((element === 'PM') !== (half === half.toUpperCase())) return undefined;
      fields.half = half.toLowerCase() === 'am' ? 'am' : 'pm';
      return text.slice(2);
    }
    case 'MST':
      return zoneName(text, fields);
    default:
      return element.includes('07') ? offset(element, text, fields) : fraction(element, text, fields);
  }
}

function name(text: string, names: readonly string[], take: (index: number) => void): Rest {
  const lower = text.toLowerCase();
  const index = names.findIndex((candidate) => lower.startsWith(candidate.toLowerCase()));
  if (index < 0) return undefined;
  take(index);
  return text.slice(names[index]?.length);
}

/** A fraction may follow the seconds though the layout has none. */
function seconds(rest: Rest, fields: Fields, next: LayoutPart | undefined): Rest {
  if (rest === undefined || /^[.,](?:0+|9+)$/.test(next?.element ?? '')) return rest;
  const match = /^[.,]\d+/.exec(rest);
  if (match === null) return rest;
  fields.nanoseconds = nanosecondsOf(match[0]);
  return rest.slice(match[0].length);
}

function nanosecondsOf(fractionText: string): number {
  return Number(fractionText.slice(1, 10).padEnd(9, '0'));
}

function fraction(element: string, text: string, fields: Fields): Rest {
  const pattern = element.charAt(1) === '9' ? /^[.,]\d+/ : new RegExp(`^[.,]\\d{${element.length - 1}}`);
  const match = pattern.exec(text);
  if (match === null) return element.charAt(1) === '9' ? text : undefined;
  fields.nanoseconds = nanosecondsOf(match[0]);
  return text.slice(match[0].length);
}

function offset(element: string, text: string, fields: Fields): Rest {
  if (element.startsWith('Z') && text.startsWith('Z')) {
    fields.utc = true;
    return text.slice(1);
  }
  const pairs = element.replaceAll(/\D/g, '').length / 2;
  const separator = element.includes(':') ? ':' : '';
  const match = new RegExp(`^([+-])(\\d\\d)${`${separator}(\\d\\d)`.repeat(pairs - 1)}`).exec(text);
  if (match === null) return undefined;
  const [hours, minutes, secs] = [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)];
  if (hours > 24 || minutes > 60 || secs > 60) return undefined;
  const total = (hours * 60 + minutes) * 60 + secs;
  fields.offsetSeconds = match[1] === '-' ? -total : total;
  return text.slice(match[0].length);
}

const ZONE_NAME =
  /^(?:ChST|MeST|GMT(?:[+-]\d+)?|[+-]\d+|[A-Z]{4}T(?![A-Z])|(?:[A-Z]{3}T|WITA)(?![A-Z])|[A-Z]{3}(?![A-Z]))/;

function zoneName(text: string, fields: Fields): Rest {
  if (text.startsWith('UTC')) {
    fields.utc = true;
    return text.slice(3);
  }
  const match = ZONE_NAME.exec(text);
  if (match === null) return undefined;
  let found = match[0];
  const hours = /[+-]\d+$/.exec(found)?.[0];
  if (hours !== undefined && Number(hours.slice(1)) > 23) {
    if (!found.startsWith('GMT')) return undefined;
    found = 'GMT';
  }
  fields.zoneName = found;
  return text.slice(found.length);
}

function instantOf(fields: Fields): bigint | undefined {
  let { hour } = fields;
  if (fields.half === 'pm' && hour < 12) hour += 12;
  else if (fields.half === 'am' && hour === 12) hour = 0;
  const days = daysOf(fields);
  if (days === undefined) return undefined;
  const offsetSeconds = fields.utc ? 0 : (fields.offsetSeconds ?? 0);
  const unix = days * SECONDS_PER_DAY + hour * 3600 + fields.minute * 60 + fields.second - offsetSeconds;
  return BigInt(unix) * NS_PER_SECOND + BigInt(fields.nanoseconds);
}

function daysOf({ year, month, day, yearDay }: Fields): number | undefined {
  if (yearDay === undefined) {
    const m = month ?? 1;
    const d = day ?? 1;
    return d < 1 || d > daysInMonth(year, m) ? undefined : daysFromCivil(year, m, d);
  }
  const newYear = daysFromCivil(year, 1, 1);
  if (yearDay < 1 || yearDay > daysFromCivil(year + 1, 1, 1) - newYear) return undefined;
  const days = newYear + yearDay - 1;
  if (month !== undefined && (days < daysFromCivil(year, month, 1) || days >= daysFromCivil(year, month + 1, 1)))
    return undefined;
  return day !== undefined && month !== undefined && days !== daysFromCivil(year, month, day) ? undefined : days;
}
