/** One HTTP exchange with a vendor, as whoever asks sees it: what is sent, what is told, and how it is given up. */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import type { CancelSignal } from '../../core/cancellation.ts';

export interface HttpCall {
  /** Scheme, host and port, such as `https://api.example.com`. */
  readonly origin: string;
  readonly method: 'POST' | 'GET';
  readonly path: string;
  /** Names and values in turn; `host` and `content-length` are added. */
  readonly headers: readonly string[];
  readonly body?: string | Uint8Array;
  /** Until the request is being sent: a free connection, DNS, TCP and TLS together. */
  readonly connectTimeoutMs: number;
  /** Aborted: the connection is given up at once. */
  readonly signal: CancelSignal;
}

/** Lower-case names. */
export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Told in this order: `head` once, `data` any number of times, then `end`; or `failed` at any moment, and nothing after. */
export interface HttpReceiver {
  head(status: number, headers: HttpHeaders): void;
  /** The chunk is the receiver's to keep: nobody writes into it any more. */
  data(chunk: Uint8Array): void;
  end(): void;
  failed(failure: AttemptFailure): void;
}

/** The running exchange. */
export interface HttpExchange {
  /** Stops the reading of the socket; until it goes on, nothing is told but a failure. */
  pause(): void;
  /** What was read before the pause may be told before this returns. */
  resume(): void;
  /** Closes the connection; the receiver is told `cancelled`, unless it was over. */
  cancel(): void;
}

export interface HttpClient {
  /** The receiver may be told before this returns. */
  send(call: HttpCall, receiver: HttpReceiver): HttpExchange;
  /** Gives up what runs, and every connection. */
  close(): Promise<void>;
}
