/**
 * A streamed answer as it arrives: held until somebody reads it, then told event by event to its end marker. A body
 * that ends without one was cut, and is a failure.
 */
import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { Protocol } from '../core/generation.ts';
import type { StreamEvent } from '../core/reply.ts';
import type { ProviderStream, StreamReceiver } from '../executor/provider.ts';
import type { HttpExchange } from './http/http-exchange.ts';
import type { AnswerReader, HeaderOf, StreamedAnswer } from './vendor.ts';

export interface StreamedReplyOptions {
  readonly exchange: HttpExchange;
  readonly answer: StreamedAnswer;
  readonly header: HeaderOf;
  /** Of the vendor, as it is shown. */
  readonly host: string;
  /** Makes fit to be shown what the vendor said. */
  readonly clean: (failure: AttemptFailure) => AttemptFailure;
  /** What reading a chunk threw, as a failure. */
  readonly unreadable: (reason: unknown) => AttemptFailure;
}

/** Of a stream that nobody started yet; then the socket waits. */
const MAX_HELD_BYTES = 64 * 1024;
/** Behind the end marker the body should end at once, and the connection is free; else it is closed. */
const TRAILER_MS = 1_000;
const CANCELLED: AttemptFailure = { outcome: 'cancelled', message: 'the request was cancelled' };

export class StreamedReply implements ProviderStream {
  readonly rawProtocol: Protocol | undefined;
  readonly #options: StreamedReplyOptions;
  readonly #reader: AnswerReader;
  #receiver: StreamReceiver | undefined;
  #isClosed = false;
  #isPaused = false;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** How the exchange ended before anybody started the stream. */
  #ended: 'well' | AttemptFailure | undefined;
  #trailerTimer: NodeJS.Timeout | undefined;

  constructor(options: StreamedReplyOptions) {
    this.#options = options;
    this.#reader = options.answer.createReader(options.header);
    this.rawProtocol = options.answer.rawProtocol;
  }

  /** A piece of the body. */
  data(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#receiver !== undefined) {
      this.#feed(chunk, this.#receiver);
      return;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > MAX_HELD_BYTES) this.#options.exchange.pause();
  }

  /** The body ended as HTTP says that it should. */
  end(): void {
    clearTimeout(this.#trailerTimer);
    if (this.#isClosed) return;
    if (this.#receiver === undefined) this.#ended ??= 'well';
    else this.#endOfBody(this.#receiver);
  }

  failed(failure: AttemptFailure): void {
    clearTimeout(this.#trailerTimer);
    if (this.#isClosed) return;
    if (this.#receiver === undefined) this.#ended ??= failure;
    else this.#close(failure);
  }

  start(receiver: StreamReceiver): void {
    this.#receiver = receiver;
    const held = this.#held;
    this.#held = [];
    for (const chunk of held) if (!this.#isClosed) this.#feed(chunk, receiver);
    if (this.#isClosed) return;
    if (this.#ended === 'well') this.#endOfBody(receiver);
    else if (this.#ended !== undefined) this.#close(this.#ended);
    else if (this.#heldBytes > MAX_HELD_BYTES && !this.#isPaused) this.#options.exchange.resume();
  }

  pause(): void {
    this.#isPaused = true;
    if (!this.#isClosed) this.#options.exchange.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isClosed) this.#options.exchange.resume();
  }

  cancel(): void {
    if (this.#isClosed) return;
    // Nobody is told before the start; what was held is of no use any more.
    this.#held = [];
    this.#ended = CANCELLED;
    if (this.#receiver === undefined) this.#options.exchange.cancel();
    else this.#close(CANCELLED);
  }

  #feed(chunk: Uint8Array, receiver: StreamReceiver): void {
    let read: ReturnType<AnswerReader['feed']>;
    try {
      read = this.#reader.feed(chunk);
    } catch (reason) {
      this.#close(this.#options.unreadable(reason));
      return;
    }
    this.#tell(read.events, read.raw, receiver);
  }

  #tell(events: readonly StreamEvent[], raw: Uint8Array | undefined, receiver: StreamReceiver): void {
    let ended = false;
    for (const event of events) {
      if (event.kind === 'end') ended = true;
      else if (event.kind === 'error') {
        this.#tellError(events, event.failure, receiver);
        return;
      }
    }
    if (events.length > 0 || raw !== undefined) receiver.receive(events, raw);
    if (ended && !this.#isClosed) this.#close(undefined);
  }

  /** The bytes of a read with an error in it are not relayed: whoever writes the stream tells the error, once. */
  #tellError(events: readonly StreamEvent[], said: AttemptFailure, receiver: StreamReceiver): void {
    const failure = this.#options.clean(said);
    const before = events.slice(
      0,
      events.findIndex(({ kind }) => kind === 'error'),
    );
    receiver.receive([...before, { kind: 'error', failure }], undefined);
    if (!this.#isClosed) this.#close(failure);
  }

  #endOfBody(receiver: StreamReceiver): void {
    const last = this.#reader.ended?.();
    if (last !== undefined) this.#tell(last, undefined, receiver);
    if (!this.#isClosed) {
      this.#close({ outcome: 'connection', message: `${this.#options.host} ended its answer half-way` });
    }
  }

  #close(failure: AttemptFailure | undefined): void {
    this.#isClosed = true;
    const { exchange } = this.#options;
    if (failure !== undefined) exchange.cancel();
    else if (this.#ended === undefined) {
      if (this.#isPaused) exchange.resume();
      this.#trailerTimer = setTimeout(cancelExchange, TRAILER_MS, exchange).unref();
    }
    this.#receiver?.closed(failure);
  }
}

const cancelExchange = (exchange: HttpExchange): void => exchange.cancel();
