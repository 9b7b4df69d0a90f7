/**
 * One exchange: it waits for a connection, has it, and tells its receiver every ending exactly once, at once. For the
 * client and the pool of an origin. It never sends twice.
 */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import type { Connection, ConnectionUser } from './connection.ts';
import { connectionFailure } from './connection-failure.ts';
import type { HttpCall, HttpExchange, HttpHeaders, HttpReceiver } from './http-exchange.ts';
import { requestHead } from './request-head.ts';
import { bodyBytesOf } from './write-request.ts';

/** Where connections come from. */
export interface ConnectionSource {
  /** Of the origin, with its port, as it is shown. */
  readonly host: string;
  /** Has it run now, or lets it wait. @returns false: too many wait already */
  place(exchange: Exchange): boolean;
  /** It waits no more. */
  withdraw(exchange: Exchange): void;
  /** @returns how many connections it waits for, where there may be no more and every one is in use; else undefined */
  crowd(exchange: Exchange): number | undefined;
}

/** A class: one object a call, no closures. */
export class Exchange implements HttpExchange, ConnectionUser {
  readonly #source: ConnectionSource;
  readonly #call: HttpCall;
  /** Absent once it was told the end. */
  #receiver: HttpReceiver | undefined;
  #head = '';
  #bodyBytes = 0;
  /** Present from the moment when it is sent on it. */
  #connection: Connection | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #isAnswered = false;
  #isPaused = false;

  constructor(source: ConnectionSource, call: HttpCall, receiver: HttpReceiver) {
    this.#source = source;
    this.#call = call;
    this.#receiver = receiver;
  }

  get connectTimeoutMs(): number {
    return this.#call.connectTimeoutMs;
  }

  begin(): void {
    const { signal, body } = this.#call;
    if (signal.aborted) {
      this.cancel();
      return;
    }
    const { host } = this.#source;
    const bodyBytes = bodyBytesOf(body);
    const head = requestHead(this.#call, host, bodyBytes);
    if (head === undefined) {
      this.#fail({
        outcome: 'connection',
        message: `the request to ${host} has a path or a header that cannot be sent`,
        ...UNSENT,
      });
      return;
    }
    this.#head = head;
    this.#bodyBytes = bodyBytes ?? 0;
    signal.addEventListener('abort', this);
    if (!this.#source.place(this)) {
      const message = `too many requests wait for a connection to ${host} already`;
      this.#fail({ outcome: 'connection', message, ...UNSENT, crowded: true });
    }
  }

  /** Of the signal. */
  handleEvent(): void {
    this.cancel();
  }

  cancel(): void {
    this.#giveUp({ outcome: 'cancelled', message: 'the request was cancelled' });
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#receiver !== undefined) this.#connection?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#receiver !== undefined) this.#connection?.resume();
  }

  /** There is no connection for it yet. */
  wait(): void {
    this.#connectTimer = setTimeout(onConnectTimeout, this.#call.connectTimeoutMs, this);
  }

  connectTimedOut(): void {
    const { host } = this.#source;
    const within = `within ${this.#call.connectTimeoutMs} ms`;
    const inUse = this.#source.crowd(this);
    if (inUse === undefined) this.#giveUp({ outcome: 'timeout', message: `no connection to ${host} ${within}` });
    else {
      const message = `no connection to ${host} was free ${within}: all ${inUse} are in use`;
      this.#giveUp({ outcome: 'timeout', message, crowded: true });
    }
  }

  /** The connection that was made for it was not to be had. */
  connectFailed(code: string): void {
    this.#fail(connectionFailure(code, this.#source.host, 'connecting'));
  }

  run(connection: Connection): void {
    clearTimeout(this.#connectTimer);
    this.#connection = connection;
    connection.start(this, this.#head, this.#call.body, this.#bodyBytes);
    if (this.#isPaused) connection.pause();
  }

  head(status: number, headers: HttpHeaders): void {
    this.#isAnswered = true;
    this.#receiver?.head(status, headers);
  }

  data(chunk: Uint8Array): void {
    this.#receiver?.data(chunk);
  }

  end(): void {
    this.#takeReceiver()?.end();
  }

  lost(code: string): void {
    this.#fail(connectionFailure(code, this.#source.host, this.#isAnswered ? 'answered' : 'sent'));
  }

  #giveUp(failure: AttemptFailure): void {
    const receiver = this.#takeReceiver();
    if (receiver === undefined) return;
    const connection = this.#connection;
    if (connection === undefined) this.#source.withdraw(this);
    else connection.abandon();
    receiver.failed(connection === undefined ? { ...failure, ...UNSENT } : failure);
  }

  #fail(failure: AttemptFailure): void {
    this.#takeReceiver()?.failed(failure);
  }

  #takeReceiver(): HttpReceiver | undefined {
    const receiver = this.#receiver;
    if (receiver === undefined) return undefined;
    this.#receiver = undefined;
    clearTimeout(this.#connectTimer);
    this.#call.signal.removeEventListener('abort', this);
    return receiver;
  }
}

const UNSENT = { sent: false } as const;

const onConnectTimeout = (exchange: Exchange): void => exchange.connectTimedOut();
