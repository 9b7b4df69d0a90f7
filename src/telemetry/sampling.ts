/**
 * Which traces are recorded. The root here decides: a caller must not be able to switch its own cost off by saying
 * "not sampled". `followParent` gives that up, for operators who trust every caller.
 */
import type { RemoteContext } from './trace-context.ts';

export interface Sampling {
  /** Share of traces to record: 1 is all, 0 none. */
  readonly ratio: number;
  /** Do as the caller says, both ways, where it says anything. */
  readonly followParent: boolean;
}

export const RECORD_ALL: Sampling = { ratio: 1, followParent: false };

const TWO_TO_56 = 2 ** 56;

/**
 * @param ownId an id drawn here: the trace id of a root, the span id under a remote parent. Never an id that the
 *   caller chose, or it could choose one that is left out.
 */
export function isSampled(sampling: Sampling, remote: RemoteContext | undefined, ownId: string): boolean {
  if (remote !== undefined && sampling.followParent) return remote.sampled;
  if (sampling.ratio >= 1) return true;
  return Number.parseInt(ownId.slice(-14), 16) < sampling.ratio * TWO_TO_56;
}
