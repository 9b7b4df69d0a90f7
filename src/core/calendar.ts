/**
 * Days, ISO weeks and months of a time zone as moments. A day starts at its first moment, which is not midnight where
 * the clock jumps over it; a week is from Monday to Monday, so 167 or 169 hours long where the clock changes.
 */
import { Failure } from './failure.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** No zone is farther from UTC, with room for a clock that changes. */
const FARTHEST_MS = 16 * 3_600_000;

/** Such as `2026-11-22`. */
export type LocalDate = string;

export interface Calendar {
  readonly timeZone: string;
  /** The local date of a moment. */
  date(atMs: number): LocalDate;
  /** The first moment of that day. */
  startOf(date: LocalDate): number;
  /** The local hour of a moment, with what the clock is ahead of UTC, such as `2026-11-22T14:00+01:00`. */
  hour(atMs: number): string;
}

/** @throws Failure `invalid_request` when the runtime does not know the zone */
export function createCalendar(timeZone: string): Calendar {
  const format = formatOf(timeZone);
  // biome-ignore lint/style/noRestrictedGlobals: of a moment and a zone that are given
  const hours = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  const date = (atMs: number): LocalDate => {
    const parts = new Map(format.formatToParts(atMs).map((part) => [part.type, part.value]));
    return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  };
  const starts = new Map<LocalDate, number>();
  return {
    timeZone,
    date,
    startOf(day) {
      const known = starts.get(day);
      if (known !== undefined) return known;
      const start = firstMoment(day, date);
      starts.set(day, start);
      return start;
    },
    hour(atMs) {
      const parts = new Map(hours.formatToParts(atMs).map((part) => [part.type, part.value]));
      const offset = parts.get('timeZoneName')?.replace('GMT', '') ?? '';
      return `${date(atMs)}T${parts.get('hour')}:${parts.get('minute')}${offset === '' || offset === '+00:00' ? 'Z' : offset}`;
    },
  };
}

/** The date so many days later. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return dateOf(dayNumber(date) + days);
}

/** The Monday of its week. */
export function mondayOf(date: LocalDate): LocalDate {
  const day = dayNumber(date);
  // 1970-01-01 was a Thursday.
  return dateOf(day - ((((day + 3) % 7) + 7) % 7));
}

export const firstOfMonth = (date: LocalDate): LocalDate => `${date.slice(0, 7)}-01`;

export function firstOfNextMonth(date: LocalDate): LocalDate {
  return firstOfMonth(addDays(firstOfMonth(date), 31));
}

/** ISO 8601: the week belongs to the year of its Thursday. */
export function weekName(date: LocalDate): string {
  const thursday = addDays(mondayOf(date), 3);
  const year = thursday.slice(0, 4);
  const week = Math.floor((dayNumber(thursday) - dayNumber(`${year}-01-01`)) / 7) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** @returns the Monday of a week such as `2026-W47`; @throws Failure `invalid_request` */
export function mondayOfWeek(name: string): LocalDate {
  const [, year, week] = /^(\d{4})-W(\d{2})$/.exec(name) ?? [];
  if (year !== undefined && week !== undefined) {
    // The fourth of January is always in week 1.
    const monday = addDays(mondayOf(`${year}-01-04`), (Number(week) - 1) * 7);
    if (weekName(monday) === name) return monday;
  }
  throw new Failure('invalid_request', `week: must be an ISO week such as 2026-W47 (actual: "${name.slice(0, 32)}")`);
}

/** @throws Failure `invalid_request` where there is no such day */
export function parseDate(text: string, name: string): LocalDate {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && dateOf(dayNumber(text)) === text) return text;
  throw new Failure('invalid_request', `${name}: must be a date such as 2026-11-22 (actual: "${text.slice(0, 32)}")`);
}

/** Of the proleptic Gregorian calendar, since 1970-01-01; NaN where there is no such day. */
// biome-ignore lint/style/noRestrictedGlobals: of a moment and a zone that are given
const dayNumber = (date: LocalDate): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

const dateOf = (day: number): LocalDate =>
  // biome-ignore lint/style/noRestrictedGlobals: of a moment and a zone that are given
  Number.isFinite(day) ? new Date(day * DAY_MS).toISOString().slice(0, 10) : '';

/** Halves the time in which the day may start until a minute is left: no zone changes within one. */
function firstMoment(day: LocalDate, date: (atMs: number) => LocalDate): number {
  const midnight = dayNumber(day) * DAY_MS;
  let before = (midnight - FARTHEST_MS) / MINUTE_MS;
  let within = (midnight + FARTHEST_MS) / MINUTE_MS;
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (date(middle * MINUTE_MS) >= day) within = middle;
    else before = middle;
  }
  return within * MINUTE_MS;
}

// biome-ignore lint/style/noRestrictedGlobals: of a moment and a zone that are given
function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    // biome-ignore lint/style/noRestrictedGlobals: of a moment and a zone that are given
    return new Intl.DateTimeFormat('en-CA', {
      timeZone,
      calendar: 'iso8601',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  } catch (cause) {
    const said = timeZone.slice(0, 64);
    throw new Failure('invalid_request', `time zone: must be an IANA name such as Europe/Berlin (actual: "${said}")`, {
      cause,
    });
  }
}
