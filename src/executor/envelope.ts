/** What a call may come to over all its attempts, whatever made them: time, number, money. */
import type { AttemptCost } from '../core/attempt.ts';
import type { Envelope as Limits } from '../core/decision.ts';

export type Room = 'fits' | 'deadline' | 'attempts' | 'cost';

export interface Envelope {
  readonly deadlineAtMs: number;
  readonly maxCostNano: bigint;
  /** Cost of what ended and bounds of what runs or is unknown, in nano-USD. */
  spentNano(): bigint;
  /** Whether one more attempt may be made. */
  room(boundNano: bigint, nowMs: number): Room;
  /** An attempt starts: its bound is kept back. */
  open(boundNano: bigint): void;
  /** An attempt ended: what it cost replaces its bound, where that is known for certain. */
  close(boundNano: bigint, cost: AttemptCost): void;
}

export function createEnvelope(limits: Limits, deadlineAtMs: number): Envelope {
  const maxCostNano = BigInt(limits.max_cost_nano_usd);
  let made = 0;
  let spentNano = 0n;
  return {
    deadlineAtMs,
    maxCostNano,
    spentNano: () => spentNano,
    room(boundNano, nowMs) {
      if (nowMs >= deadlineAtMs) return 'deadline';
      if (made >= limits.max_attempts) return 'attempts';
      return spentNano + boundNano > maxCostNano ? 'cost' : 'fits';
    },
    open(boundNano) {
      made += 1;
      spentNano += boundNano;
    },
    close(boundNano, cost) {
      spentNano += certain(cost, boundNano) - boundNano;
    },
  };
}

function certain(cost: AttemptCost, boundNano: bigint): bigint {
  switch (cost.kind) {
    case 'priced':
      // An estimate may be too low: the bound stays, unless the estimate is above it.
      return cost.estimated && cost.items.totalNano < boundNano ? boundNano : cost.items.totalNano;
    case 'none':
      return 0n;
    case 'unpriced':
    case 'unknown':
      return boundNano;
  }
}
