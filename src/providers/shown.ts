/** What a vendor said, made fit to be shown: one line, short, and without a credential of ours. */
import type { AttemptFailure } from '../core/attempt.ts';

const MAX_MESSAGE = 300;
const MAX_CODE = 64;

export interface Quotes {
  /** Whether a text quotes a credential of ours, whole or in part. */
  quotedIn(text: string): boolean;
}

export function shown(failure: AttemptFailure, credentials: Quotes): AttemptFailure {
  const { message, vendorCode } = failure;
  return {
    ...failure,
    message: clean(message, MAX_MESSAGE, credentials),
    ...(vendorCode === undefined ? undefined : { vendorCode: clean(vendorCode, MAX_CODE, credentials) }),
  };
}

/** Vendors quote keys whole, masked in the middle, or within longer words. */
function clean(text: string, max: number, credentials: Quotes): string {
  const line = text.slice(0, 4 * max).replace(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ');
  const safe = line.replace(/[^\s"'`,;:()[\]{}<>*]+/g, (word) => (credentials.quotedIn(word) ? '[secret]' : word));
  return safe.length <= max ? safe : `${safe.slice(0, max - 1).trimEnd()}…`;
}
