/**
 * A stream on its way from a vendor to whoever reads it. Until its first output it is held back, so that another target
 * may still be asked; from then on it passes as it comes, and ends once: finished, broken, or given up.
 */
import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { Protocol } from '../core/generation.ts';
import type { StreamEvent } from '../core/reply.ts';
import type { Clock } from '../reliability/timers.ts';
import type { Watch } from '../reliability/watch.ts';
import type { ProviderStream, StreamReceiver } from './provider.ts';
import type { StreamMeter } from './stream-meter.ts';

/** Told by the stream, in this order; begin and end at most once. */
export interface StreamListener {
  /** The first output is there: from now on there is no other try. */
  begun(nowMs: number): void;
  /** Any number of times in between: more of the answer is there. */
  wrote(tokens: number): void;
  /** @param failure absent: the vendor's end marker was seen */
  ended(failure: AttemptFailure | undefined): void;
}

interface Piece {
  readonly events: readonly StreamEvent[];
  readonly raw: Uint8Array | undefined;
}

/** Reads kept back before the first output; a vendor that sends more without any is broken. */
const MAX_HELD_PIECES = 1_024;
const MAX_HELD_BYTES = 1_048_576;
/** Read ahead of a reader who has not started yet. */
const MAX_AHEAD_PIECES = 16;

export class LiveStream implements ProviderStream, StreamReceiver {
  readonly rawProtocol: Protocol | undefined;
  readonly meter: StreamMeter;
  private readonly source: ProviderStream;
  private readonly watch: Watch;
  private readonly clock: Clock;
  private readonly listener: StreamListener;
  private held: Piece[] = [];
  private heldBytes = 0;
  private begun = false;
  private reader: StreamReceiver | undefined;
  /** What waits has been given to the reader. */
  private caughtUp = false;
  private end: { readonly failure: AttemptFailure | undefined } | undefined;
  private pausedAhead = false;

  constructor(source: ProviderStream, meter: StreamMeter, watch: Watch, clock: Clock, listener: StreamListener) {
    this.meter = meter;
    this.rawProtocol = source.rawProtocol;
    this.source = source;
    this.watch = watch;
    this.clock = clock;
    this.listener = listener;
  }

  /** Lets the vendor's side flow. */
  open(): void {
    this.source.start(this);
  }

  // From the vendor.

  receive(events: readonly StreamEvent[], raw: Uint8Array | undefined): void {
    if (this.end !== undefined) return;
    const units = this.meter.note(events, raw);
    if (this.begun) {
      this.watch.seen(units, this.clock.nowMs());
      this.listener.wrote(this.meter.writtenTokens);
      if (this.caughtUp) this.reader?.receive(events, raw);
      else this.keepAhead(events, raw);
      return;
    }
    this.keep(events, raw);
    if (this.meter.error !== undefined) this.stop(this.meter.error);
    else if (this.meter.hasOutput) this.begin(units);
    else if (this.held.length > MAX_HELD_PIECES || this.heldBytes > MAX_HELD_BYTES) this.stop(SILENT_FLOOD);
  }

  closed(failure: AttemptFailure | undefined): void {
    this.finish(this.meter.error ?? failure ?? (this.meter.ended ? undefined : CUT));
  }

  // From the reader.

  start(reader: StreamReceiver): void {
    if (this.reader !== undefined) return;
    this.reader = reader;
    // Grows while it is read, where the reader makes more come.
    for (const { events, raw } of this.held) reader.receive(events, raw);
    this.held = [];
    this.caughtUp = true;
    if (this.end !== undefined) reader.closed(this.end.failure);
    else if (this.pausedAhead) this.resume();
  }

  pause(): void {
    if (this.end !== undefined) return;
    this.pausedAhead = false;
    this.watch.hold();
    this.source.pause();
  }

  resume(): void {
    if (this.end !== undefined) return;
    this.pausedAhead = false;
    this.watch.release(this.clock.nowMs());
    this.source.resume();
  }

  cancel(): void {
    this.held.length = 0;
    this.stop(LEFT);
  }

  /** Ends it from our side. */
  stop(failure: AttemptFailure): void {
    if (this.end !== undefined) return;
    this.finish(failure);
    this.source.cancel();
  }

  private begin(units: number): void {
    this.begun = true;
    const nowMs = this.clock.nowMs();
    this.watch.seen(units, nowMs);
    this.listener.begun(nowMs);
  }

  private finish(failure: AttemptFailure | undefined): void {
    if (this.end !== undefined) return;
    this.end = { failure };
    this.watch.stop();
    // Accounts first: what the reader is told last may quote them.
    try {
      this.listener.ended(failure);
    } finally {
      if (this.caughtUp) this.reader?.closed(failure);
    }
  }

  private keepAhead(events: readonly StreamEvent[], raw: Uint8Array | undefined): void {
    this.keep(events, raw);
    if (this.pausedAhead || this.held.length < MAX_AHEAD_PIECES) return;
    this.watch.hold();
    this.source.pause();
    this.pausedAhead = true;
  }

  private keep(events: readonly StreamEvent[], raw: Uint8Array | undefined): void {
    this.held.push({ events, raw });
    this.heldBytes += raw?.length ?? 0;
  }
}

const CUT: AttemptFailure = { outcome: 'connection', message: 'the stream stopped without its end marker' };
const LEFT: AttemptFailure = { outcome: 'cancelled', message: 'the client left' };
const SILENT_FLOOD: AttemptFailure = {
  outcome: 'unavailable',
  message: `more than ${MAX_HELD_PIECES} reads or ${MAX_HELD_BYTES} bytes without any output`,
};
