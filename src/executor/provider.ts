/**
 * Port: a vendor, as the executor asks it. A provider writes the request in its vendor's protocol, sends it once, and
 * reads what comes back; it never retries, never waits beyond its signal, and never throws but for faults of ours.
 */

import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { CancelSignal } from '../core/cancellation.ts';
import type { Failure } from '../core/failure.ts';
import type { ModelRequest, Protocol } from '../core/generation.ts';
import type { ModelReply, StreamEvent } from '../core/reply.ts';

export interface ProviderCall {
  readonly request: ModelRequest;
  /** The vendor's name of the model: what stands behind the first slash of a target. */
  readonly model: string;
  /** Tokens of output at most: the least of what was asked and what was decided. */
  readonly maxOutputTokens: number;
  /** Until a connection is there, waiting for a free one included. */
  readonly connectTimeoutMs: number;
  /** Aborted: the request is cancelled at the vendor and its connection given up, at once. */
  readonly signal: CancelSignal;
}

/** Told once each, in this order: `receive` any number of times, then `closed`. Nothing comes after that. */
export interface StreamReceiver {
  /**
   * What one read of the socket brought.
   * @param raw bytes that go to the client as they are; absent where the protocols differ. With it, `events` holds
   *   what metering needs (`start`, `output` once a read, `usage`, `finish`, `error`, `end`) and no text. Bytes that say
   *   an error are withheld: whoever writes the stream tells it.
   */
  receive(events: readonly StreamEvent[], raw: Uint8Array | undefined): void;
  /** @param failure absent: the vendor's own end marker was seen. A stream that just stops is a failure. */
  closed(failure: AttemptFailure | undefined): void;
}

/** A reply that is arriving. Push, not pull: a promise for every event costs more than the event. */
export interface ProviderStream {
  /** Of the bytes in `receive`, where there are any. */
  readonly rawProtocol: Protocol | undefined;
  /** Called once; nothing flows before. */
  start(receiver: StreamReceiver): void;
  /** Stops the reading of the socket; at most what was already read still comes. */
  pause(): void;
  resume(): void;
  /** Gives the stream up; `closed` is still told, with the outcome `cancelled`. */
  cancel(): void;
}

export type ProviderReply =
  | { readonly kind: 'whole'; readonly reply: ModelReply }
  /** The head arrived and is good; nothing of the answer is known yet. */
  | { readonly kind: 'stream'; readonly stream: ProviderStream }
  /** @property cause what was found when the request was written: nothing was sent */
  | { readonly kind: 'failed'; readonly failure: AttemptFailure; readonly cause?: Failure };

export interface Provider {
  /** What of a request this vendor cannot do, by name; empty: it can. Nothing is sent. */
  unsupported(request: ModelRequest, model: string): readonly string[];
  send(call: ProviderCall): Promise<ProviderReply>;
}

/** The vendors by the name that stands before the first slash of a target. */
export interface Providers {
  /** @returns undefined where nobody is configured by that name */
  find(provider: string): Provider | undefined;
}
