/**
 * A few inputs of late, to warm the next policy with before it serves: compiled policy is slow for its first thousand
 * evaluations, on the paths that calls really take. Bounded: every so-manieth input, the last few of those.
 */
import type { PolicyInput } from '../core/input.ts';

export interface RecentInputs {
  note(input: PolicyInput): void;
  /** Oldest first; empty before anything was asked. */
  list(): readonly PolicyInput[];
}

/**
 * @param capacity inputs kept
 * @param every one of so many is kept, the first of all among them
 */
export function createRecentInputs(capacity: number = 16, every: number = 32): RecentInputs {
  let kept: readonly PolicyInput[] = [];
  let noted = 0;
  return {
    note(input) {
      if (noted % every === 0) kept = [...kept.slice(1 - capacity), input];
      noted += 1;
    },
    list: () => kept,
  };
}
