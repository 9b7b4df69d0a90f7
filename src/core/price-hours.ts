/** Stretches of the day, in minutes since midnight (UTC). */

const MINUTE_MS = 60_000;
const MINUTES_OF_DAY = 1440;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Where `to` is not behind `from` it is of the next day. */
export interface Stretch {
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** @param time `HH:MM`; @returns undefined where it is none */
export function minuteOf(time: string): number | undefined {
  const [, hours, minutes] = TIME.exec(time) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

export const minuteAt = (atMs: number): number => Math.floor(atMs / MINUTE_MS) % MINUTES_OF_DAY;

export const isWithin = (minute: number, { from, to }: Stretch): boolean =>
  from < to ? minute >= from && minute < to : minute >= from || minute < to;

/** Two stretches share a minute exactly where one holds the start of the other. */
export const overlap = (a: Stretch, b: Stretch): boolean => isWithin(a.from, b) || isWithin(b.from, a);
