/** Moments as text, without a clock or a time zone: RFC 3339 in UTC with milliseconds. */

const MS_PER_DAY = 86_400_000;
/** Days from 0000-03-01 to 1970-01-01 in the proleptic Gregorian calendar. */
const EPOCH_DAYS = 719_468;
const DAYS_PER_ERA = 146_097;

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/**
 * @param unixMs milliseconds since the Unix epoch, of the years 0 to 9999; a fraction is cut off
 * @returns such as `2026-11-22T22:00:00.123Z`
 */
export function formatInstant(unixMs: number): string {
  const wholeMs = Math.floor(unixMs);
  const days = Math.floor(wholeMs / MS_PER_DAY);
  const inDay = wholeMs - days * MS_PER_DAY;
  const time = `${two(Math.floor(inDay / 3_600_000))}:${two(Math.floor(inDay / 60_000) % 60)}:${two(
    Math.floor(inDay / 1000) % 60,
  )}.${String(inDay % 1000).padStart(3, '0')}`;
  return `${formatDate(days)}T${time}Z`;
}

/** Years are counted from March, so that the leap day is the last day of a year and months follow one formula. */
function formatDate(unixDays: number): string {
  const day = unixDays + EPOCH_DAYS;
  const era = Math.floor(day / DAYS_PER_ERA);
  const dayOfEra = day - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`;
}
