/** How long to leave a target alone before it is asked once more: exponential, with full jitter, bounded. */

export interface BackoffOptions {
  /** Upper bound of the first wait. */
  readonly baseMs: number;
  /** Upper bound of every wait. */
  readonly capMs: number;
}

/**
 * @param failures so far, at least 1
 * @param random from 0 (inclusive) to 1 (exclusive)
 */
export function backoffMs(failures: number, options: BackoffOptions, random: number): number {
  const doublings = Math.min(Math.max(0, failures - 1), 30);
  return random * Math.min(options.capMs, options.baseMs * 2 ** doublings);
}
