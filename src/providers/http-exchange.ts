/**
 * Owns one HTTP exchange with a vendor: kept connections by origin, one handler a call, and what each way to fail is
 * called. May import core. It never retries, and tells every ending exactly once, at once.
 */
import { getCACertificates } from 'node:tls';
import { type Dispatcher, Pool } from 'undici';
import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { CancelSignal } from '../core/cancellation.ts';
import { connectionFailure } from './connection-failure.ts';

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
  data(chunk: Uint8Array): void;
  end(): void;
  failed(failure: AttemptFailure): void;
}

/** The running exchange. */
export interface HttpExchange {
  /** Stops the reading of the socket; what was already read still comes. */
  pause(): void;
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

export interface HttpClientOptions {
  /** At one origin; calls beyond wait for a free one. */
  readonly maxConnections: number;
  /** Authorities, PEM, believed beside those of the system. */
  readonly caPem?: readonly string[];
}

/** Of one client; a vendor has one, or one a region. */
const MAX_ORIGINS = 64;
/** Calls that wait at one origin; what bounds them in practice is the executor. */
const MAX_WAITING = 4096;
/** A connection that was given up by its call goes on being made for so long. */
const ABANDONED_CONNECT_MS = 10_000;
/** Model servers behind plain HTTP, such as uvicorn, drop idle connections after 5 s; balancers after a minute or more. */
const IDLE_MS = { plain: 4_000, tls: 30_000 } as const;

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const origins = new Map<string, Origin>();

  const originOf = (origin: string): Origin => {
    const known = origins.get(origin);
    if (known !== undefined) return known;
    if (origins.size >= MAX_ORIGINS) closeIdle(origins);
    const made = openOrigin(origin, options);
    origins.set(origin, made);
    return made;
  };

  return {
    send(call, receiver) {
      const exchange = new Exchange(originOf(call.origin), call, receiver);
      exchange.begin();
      return exchange;
    },
    async close() {
      const all = [...origins.values()];
      origins.clear();
      for (const origin of all) for (const exchange of origin.waiting) exchange.cancel();
      await Promise.all(all.map(({ pool }) => pool.destroy()));
    },
  };
}

interface Origin {
  readonly host: string;
  readonly pool: Pool;
  /** Connections that no call has. */
  free: number;
  /** In the order of arrival. */
  readonly waiting: Set<Exchange>;
  readonly limit: number;
}

function openOrigin(origin: string, { maxConnections, caPem }: HttpClientOptions): Origin {
  const url = new URL(origin);
  const pool = new Pool(origin, {
    connections: maxConnections,
    pipelining: 1,
    allowH2: false,
    // Whoever calls has timeouts of its own, by the decision.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: url.protocol === 'https:' ? IDLE_MS.tls : IDLE_MS.plain,
    connect: { timeout: ABANDONED_CONNECT_MS, ...trust(caPem) },
  });
  return { host: url.host, pool, free: maxConnections, waiting: new Set(), limit: maxConnections };
}

/** Naming an authority must not put away those that everybody believes. */
const trust = (caPem: readonly string[] | undefined): { readonly ca?: string[] } =>
  caPem === undefined ? {} : { ca: [...getCACertificates('default'), ...caPem] };

function closeIdle(origins: Map<string, Origin>): void {
  for (const [name, origin] of origins) {
    if (origin.free < origin.limit) continue;
    origins.delete(name);
    void origin.pool.close();
  }
}

/** A class because undici keeps it as its handler: one object a call, no closures. */
class Exchange implements Dispatcher.DispatchHandler, HttpExchange {
  readonly #origin: Origin;
  readonly #call: HttpCall;
  /** Absent once it was told the end. */
  #receiver: HttpReceiver | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #answered = false;
  /** Before the head, undici has nothing to pause. */
  #paused = false;

  constructor(origin: Origin, call: HttpCall, receiver: HttpReceiver) {
    this.#origin = origin;
    this.#call = call;
    this.#receiver = receiver;
  }

  begin(): void {
    const { signal, connectTimeoutMs } = this.#call;
    if (signal.aborted) {
      this.cancel();
      return;
    }
    const origin = this.#origin;
    if (origin.free === 0 && origin.waiting.size >= MAX_WAITING) {
      const message = `${MAX_WAITING} requests wait for a connection to ${origin.host} already`;
      this.#takeReceiver()?.failed({ outcome: 'connection', message, sent: false });
      return;
    }
    signal.addEventListener('abort', this);
    this.#connectTimer = setTimeout(onConnectTimeout, connectTimeoutMs, this);
    if (origin.free > 0) this.#dispatch();
    else origin.waiting.add(this);
  }

  /** Of the signal. */
  handleEvent(): void {
    this.cancel();
  }

  cancel(): void {
    this.#giveUp({ outcome: 'cancelled', message: 'the request was cancelled' });
  }

  connectTimedOut(): void {
    const message = `no connection to ${this.#origin.host} within ${this.#call.connectTimeoutMs} ms`;
    this.#giveUp({ outcome: 'timeout', message });
  }

  pause(): void {
    this.#paused = true;
    this.#controller?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#controller?.resume();
  }

  #dispatch(): void {
    this.#origin.free -= 1;
    // A call has every field of undici's options that counts, and undici changes none of them.
    this.#origin.pool.dispatch(this.#call as Dispatcher.DispatchOptions, this);
  }

  #giveUp(failure: AttemptFailure): void {
    const receiver = this.#takeReceiver();
    if (receiver === undefined) return;
    this.#origin.waiting.delete(this);
    const controller = this.#controller;
    controller?.abort(GIVEN_UP);
    receiver.failed(controller === undefined ? { ...failure, sent: false } : failure);
  }

  #takeReceiver(): HttpReceiver | undefined {
    const receiver = this.#receiver;
    if (receiver === undefined) return undefined;
    this.#receiver = undefined;
    clearTimeout(this.#connectTimer);
    this.#call.signal.removeEventListener('abort', this);
    return receiver;
  }

  /** Whoever waits longest gets the connection. */
  #release(): void {
    const origin = this.#origin;
    origin.free += 1;
    for (const next of origin.waiting) {
      origin.waiting.delete(next);
      next.#dispatch();
      return;
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    clearTimeout(this.#connectTimer);
    // Given up while its connection was made: nothing is sent on it.
    if (this.#receiver === undefined) {
      controller.abort(GIVEN_UP);
      return;
    }
    this.#controller = controller;
    if (this.#paused) controller.pause();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HttpHeaders): void {
    if (status < 200) return;
    this.#answered = true;
    this.#receiver?.head(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#receiver?.data(chunk);
  }

  onResponseEnd(): void {
    this.#release();
    this.#takeReceiver()?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#release();
    const stage = this.#answered ? 'answered' : this.#controller === undefined ? 'connecting' : 'sent';
    this.#takeReceiver()?.failed(connectionFailure(error, this.#origin.host, stage));
  }
}

const GIVEN_UP = new Error('given up');

const onConnectTimeout = (exchange: Exchange): void => exchange.connectTimedOut();
