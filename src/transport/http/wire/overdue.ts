/** What becomes of a connection on which something takes too long. */
import type { ConnectionBounds } from './service.ts';

/** Bytes of an unread body that are thrown away before the connection is cut, and the time for it. */
export const MAX_DISCARD_BYTES = 32 * 1024 * 1024;
const MAX_DISCARD_MS = 2000;
/** A client that uses a connection again at its bound is not cut in the middle of its request. */
const KEEPALIVE_SLACK_MS = 1000;

export type Phase =
  /** Idle, or in the head of a request. */
  | 'head'
  /** A turn runs. */
  | 'serving'
  /** The answer is out, the rest of the body is thrown away, and another request may follow. */
  | 'rest'
  /** As `rest`, but the connection ends behind it. */
  | 'lingering'
  /** The last bytes are written; what comes is thrown away until the client closes, or is cut. */
  | 'closing';

export interface Waiting {
  readonly phase: Phase;
  readonly forMs: number;
  /** Nothing was asked yet, or a head has begun. */
  readonly isAsking: boolean;
  /** The body of the request that runs is still to come. */
  readonly isUploading: boolean;
  /** An answer is owed that may not take long, and nothing of it was said. */
  readonly isOwed: boolean;
}

/** `refuse`: the client is told; `end`: our side ends; `cut`: nothing more is said. */
export type Consequence = 'nothing' | 'refuse' | 'end' | 'cut';

export function consequenceOf(waiting: Waiting, bounds: ConnectionBounds): Consequence {
  const { phase, forMs, isAsking, isUploading, isOwed } = waiting;
  const { headersTimeoutMs, requestTimeoutMs, keepaliveTimeoutMs } = bounds;
  const past = (boundMs: number, consequence: Consequence): Consequence => (forMs > boundMs ? consequence : 'nothing');
  switch (phase) {
    case 'head':
      return isAsking
        ? past(Math.min(headersTimeoutMs, requestTimeoutMs), 'refuse')
        : past(keepaliveTimeoutMs + KEEPALIVE_SLACK_MS, 'end');
    case 'serving':
      if (isUploading) return past(requestTimeoutMs, 'refuse');
      return isOwed ? past(keepaliveTimeoutMs, 'cut') : 'nothing';
    case 'rest':
      return past(requestTimeoutMs, 'refuse');
    case 'lingering':
      return past(MAX_DISCARD_MS, 'end');
    case 'closing':
      return past(MAX_DISCARD_MS, 'cut');
  }
}
