/** The `now` of a policy input, in one time zone. Formatting is cached for the hour, which no offset change splits. */
import type { Now } from '../core/input.ts';

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
/** Offsets change on quarter hours at the finest, so what is true of a quarter hour's start is true of all of it. */
const QUARTER_HOUR_MS = 900_000;

/** @param timeZone IANA name; @throws RangeError when the runtime does not know it */
export function createLocalTime(timeZone: string): (unixMs: number) => Now {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  let cachedQuarter = Number.NaN;
  let cached: Omit<Now, 'unix_ms'> = { date: '1970-01-01', weekday: 'thu', hour: 0 };
  return (unixMs) => {
    const quarter = Math.floor(unixMs / QUARTER_HOUR_MS);
    if (quarter !== cachedQuarter) {
      cached = describe(format, quarter * QUARTER_HOUR_MS);
      cachedQuarter = quarter;
    }
    return { unix_ms: Math.trunc(unixMs), date: cached.date, weekday: cached.weekday, hour: cached.hour };
  };
}

function describe(format: Intl.DateTimeFormat, unixMs: number): Omit<Now, 'unix_ms'> {
  const parts = new Map(format.formatToParts(unixMs).map((part) => [part.type, part.value]));
  const read = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const date = `${read('year')}-${read('month')}-${read('day')}`;
  const weekday = WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? 'sun';
  return { date, weekday, hour: Number(read('hour')) };
}
