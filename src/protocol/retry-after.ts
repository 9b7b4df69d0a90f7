/**
 * How long a vendor asks to be left alone, by its headers: `retry-after-ms`, else `retry-after` in seconds or as a date
 * (RFC 9110, 10.2.3). A date is measured from the reply's own `date`, so that no clock of ours is asked; without one it
 * says nothing.
 */

/** A day: nobody waits longer, and a mistaken date is not taken at its word. */
const MAX_WAIT_MS = 86_400_000;

/** @returns undefined where the vendor says nothing, or nothing that can be read */
export function readRetryAfterMs(header: (name: string) => string | undefined): number | undefined {
  const exact = header('retry-after-ms')?.trim();
  if (exact !== undefined && NUMBER.test(exact)) return bounded(Number(exact));
  const said = header('retry-after')?.trim();
  if (said === undefined) return undefined;
  if (NUMBER.test(said)) return bounded(Number(said) * 1000);
  // A day's name first: Date.parse would read nearly anything as some date.
  if (!/^[A-Z][a-z]{2,8}[, ]/.test(said)) return undefined;
  return bounded(Date.parse(said) - Date.parse(header('date') ?? ''));
}

const NUMBER = /^\d{1,9}(\.\d{1,9})?$/;

const bounded = (ms: number): number | undefined =>
  Number.isNaN(ms) ? undefined : Math.min(Math.max(0, Math.ceil(ms)), MAX_WAIT_MS);
