/** What a vendor said, made fit to be shown: one line, short, and without a credential of ours. */
import type { AttemptFailure } from '../core/attempt-failure.ts';

const MAX_MESSAGE = 300;
const MAX_CODE = 64;

export function shown(failure: AttemptFailure, { conceal }: { conceal(text: string): string }): AttemptFailure {
  const { message, vendorCode } = failure;
  return {
    ...failure,
    message: clean(message, MAX_MESSAGE, conceal),
    ...(vendorCode === undefined ? undefined : { vendorCode: clean(vendorCode, MAX_CODE, conceal) }),
  };
}

function clean(text: string, max: number, conceal: (text: string) => string): string {
  // First a bound on the work, then what may lengthen it, then the bound on what is shown.
  const line = text.slice(0, 4 * max).replace(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ');
  const safe = conceal(line);
  return safe.length <= max ? safe : `${safe.slice(0, max - 1).trimEnd()}…`;
}
