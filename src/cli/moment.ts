/** Moments as a command is told of them. */
import { Failure } from '../core/failure.ts';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * @param text a date, which is its first moment in UTC, or a date-time with its offset
 * @param option that said it, for the message
 * @returns milliseconds since the epoch
 * @throws Failure `config_invalid`
 */
export function readMoment(text: string, option: string): number {
  const atMs = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(atMs)) return atMs;
  throw new Failure(
    'config_invalid',
    `${option}: must be a date such as 2026-11-01, or a date-time with its offset (actual: "${text.slice(0, 64)}")`,
  );
}
