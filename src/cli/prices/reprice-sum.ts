/** What a repricing comes to: in all, and for each target, team and day. */
import { formatInstant } from '../../core/instant.ts';
import type { RepricedAttempt } from './reprice-walk.ts';

/** Amounts of attempts that have a price now; what had none before counts as 0 there. */
export interface RepricedSum {
  attempts: number;
  changed: number;
  /** Of those that changed: had no price. */
  newlyPriced: number;
  beforeNano: bigint;
  afterNano: bigint;
  /** Left as they are: nobody knows what was used; no card is in force. */
  unknown: number;
  uncovered: number;
}

export const REPRICED_BY = ['target', 'team', 'day'] as const;
export type RepricedBy = (typeof REPRICED_BY)[number];

export interface RepricedSums {
  readonly total: RepricedSum;
  readonly by: { readonly [By in RepricedBy]: ReadonlyMap<string, RepricedSum> };
  add(attempt: RepricedAttempt): void;
}

export function createRepricedSums(): RepricedSums {
  const total = emptySum();
  const by = { target: new Map(), team: new Map(), day: new Map() } satisfies Record<RepricedBy, Sums>;
  return {
    total,
    by,
    add(attempt) {
      const { entry } = attempt;
      count(total, attempt);
      count(sumOf(by.target, entry.target), attempt);
      count(sumOf(by.team, entry.attribution.team), attempt);
      count(sumOf(by.day, formatInstant(entry.atMs).slice(0, 'YYYY-MM-DD'.length)), attempt);
    },
  };
}

type Sums = Map<string, RepricedSum>;

const emptySum = (): RepricedSum => ({
  attempts: 0,
  changed: 0,
  newlyPriced: 0,
  beforeNano: 0n,
  afterNano: 0n,
  unknown: 0,
  uncovered: 0,
});

function sumOf(sums: Sums, name: string): RepricedSum {
  const known = sums.get(name);
  if (known !== undefined) return known;
  const fresh = emptySum();
  sums.set(name, fresh);
  return fresh;
}

function count(sum: RepricedSum, { repricing }: RepricedAttempt): void {
  sum.attempts += 1;
  switch (repricing.kind) {
    case 'changed':
      sum.changed += 1;
      if (repricing.beforeNano === undefined) sum.newlyPriced += 1;
      sum.beforeNano += repricing.beforeNano ?? 0n;
      sum.afterNano += repricing.afterNano;
      break;
    case 'same':
      sum.beforeNano += repricing.beforeNano;
      sum.afterNano += repricing.beforeNano;
      break;
    case 'uncovered':
      sum.uncovered += 1;
      sum.beforeNano += repricing.beforeNano ?? 0n;
      sum.afterNano += repricing.beforeNano ?? 0n;
      break;
    case 'unknown':
      sum.unknown += 1;
      break;
    case 'none':
      break;
  }
}
