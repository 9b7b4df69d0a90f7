/**
 * Time zones of the IANA database, as ICU within Node knows them.
 * Owns: offsets and abbreviations, with a bounded cache of formatters. May import: the calendar beside it.
 * Fails: undefined where a zone does not exist.
 */
import { daysFromCivil, SECONDS_PER_DAY } from './time-civil.ts';

export interface Zone {
  readonly name: string;
  /** Seconds east of UTC at an instant given in Unix seconds. */
  offsetAt(unixSeconds: number): number;
  /** The abbreviation at an instant, such as `CET`, or `+03` where the zone has none that ICU knows. */
  abbreviationAt(unixSeconds: number): string;
}

export const UTC: Zone = { name: 'UTC', offsetAt: () => 0, abbreviationAt: () => 'UTC' };

const MAX_CACHED_ZONES = 64;
const zones = new Map<string, Zone | undefined>();

/** Locales whose readers have names for zones; the first that knows a name gives it. */
const NAMING_LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-ZA', 'en-IN'] as const;

/** @param name as in the database, in its own case; empty and `UTC` are UTC, and so is `Local`: a decision has no locality */
export function zoneOf(name: string): Zone | undefined {
  if (name === '' || name === 'UTC' || name === 'Local') return UTC;
  if (zones.has(name)) return zones.get(name);
  if (zones.size >= MAX_CACHED_ZONES) zones.clear();
  const zone = load(name);
  zones.set(name, zone);
  return zone;
}

function load(name: string): Zone | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name) || hasWrongCase(name)) return undefined;
  try {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return zoneFrom(name, clock);
  } catch {
    return undefined;
  }
}

/** ICU takes a name in any case; the database on disk, which Go reads, does not. */
function hasWrongCase(name: string): boolean {
  const lower = name.toLowerCase();
  return Intl.supportedValuesOf('timeZone').some((known) => known !== name && known.toLowerCase() === lower);
}

function zoneFrom(name: string, clock: Intl.DateTimeFormat): Zone {
  const offsetAt = (unixSeconds: number): number => {
    const parts = new Map(clock.formatToParts(unixSeconds * 1000).map((part) => [part.type, part.value]));
    const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? '0');
    const year = parts.get('era') === 'BC' ? 1 - field('year') : field('year');
    const days = daysFromCivil(year, field('month'), field('day'));
    return days * SECONDS_PER_DAY + field('hour') * 3600 + field('minute') * 60 + field('second') - unixSeconds;
  };
  let namers: readonly Intl.DateTimeFormat[] | undefined;
  const abbreviationAt = (unixSeconds: number): string => {
    namers ??= NAMING_LOCALES.map(
      (locale) => new Intl.DateTimeFormat(locale, { timeZone: name, timeZoneName: 'short' }),
    );
    return abbreviation(namers, unixSeconds, offsetAt(unixSeconds));
  };
  return { name, offsetAt, abbreviationAt };
}

function abbreviation(namers: readonly Intl.DateTimeFormat[], unixSeconds: number, offsetSeconds: number): string {
  for (const namer of namers) {
    const named = namer.formatToParts(unixSeconds * 1000).find((part) => part.type === 'timeZoneName')?.value;
    if (named !== undefined && /^[A-Z]{3,5}$/.test(named)) return named;
  }
  const minutes = Math.trunc(Math.abs(offsetSeconds) / 60);
  const hours = String(Math.trunc(minutes / 60)).padStart(2, '0');
  const rest = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0');
  return `${offsetSeconds < 0 ? '-' : '+'}${hours}${rest}`;
}
