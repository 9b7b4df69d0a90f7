/**
 * One connection to a vendor: it carries one exchange after another, and is closed rather than used again when anything
 * about it is not as it should be. It tells its owner when it is free or lost, and its user what comes. For the pool of
 * an origin and its exchanges.
 */
import type { Socket } from 'node:net';
import type { ResponseSink } from './body-sink.ts';
import { codeOf } from './connection-failure.ts';
import type { HttpHeaders } from './http-exchange.ts';
import type { SocketOpener } from './open-socket.ts';
import { ResponseReader } from './response-reader.ts';
import { writeRequest } from './write-request.ts';

/** Who has it for an exchange; told `end` or `lost`, once. */
export interface ConnectionUser {
  head(status: number, headers: HttpHeaders): void;
  data(chunk: Uint8Array): void;
  end(): void;
  lost(code: string): void;
}

export interface ConnectionOwner {
  opened(connection: Connection): void;
  /** Its exchange is over, and another may have it. */
  freed(connection: Connection): void;
  /** Nobody may use it any more. */
  lost(connection: Connection, was: 'connecting' | 'idle' | 'busy', code: string): void;
  /** Its socket is gone. */
  closed(connection: Connection): void;
}

export interface ConnectionLimits {
  /** Of a connection that no exchange has. */
  readonly idleMs: number;
  /** Of making it. */
  readonly connectMs: number;
}

/** A vendor that drops connections after so many seconds may be early by this. */
const KEEP_ALIVE_MARGIN_MS = 1_000;
const NOTHING = Buffer.alloc(0);

export class Connection implements ResponseSink {
  readonly #owner: ConnectionOwner;
  readonly #limits: ConnectionLimits;
  readonly #socket: Socket;
  readonly #reader = new ResponseReader();
  #state: 'connecting' | 'idle' | 'busy' | 'lost' = 'connecting';
  /** While it is busy. */
  #user: ConnectionUser | undefined;
  /** When it became what it is, for what is bounded. */
  #sinceMs = performance.now();
  #keepMs = 0;
  #isPaused = false;
  /** Read, and not told because of a pause. */
  #held: Buffer | undefined;
  /** The vendor sends no more. */
  #hasEnded = false;
  /** While it is idle it does not keep the process alive. */
  #isUnref = false;

  /** @throws what Node throws */
  constructor(opener: SocketOpener, owner: ConnectionOwner, limits: ConnectionLimits) {
    this.#owner = owner;
    this.#limits = limits;
    const socket = opener.open((size, bytes) => this.#receive(size, bytes));
    this.#socket = socket;
    socket.once(opener.isTls ? 'secureConnect' : 'connect', () => this.#opened());
    socket.on('error', (error) => this.#lose(codeOf(error)));
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#closed());
  }

  get isConnecting(): boolean {
    return this.#state === 'connecting';
  }

  get isIdle(): boolean {
    return this.#state === 'idle';
  }

  get isStopped(): boolean {
    return this.#isPaused || this.#user === undefined;
  }

  idleMs(nowMs: number): number {
    return nowMs - this.#sinceMs;
  }

  /** Longer than the vendor may keep it. */
  isStale(nowMs: number): boolean {
    return nowMs - this.#sinceMs >= this.#keepMs;
  }

  /** Of an idle one alone. */
  start(user: ConnectionUser, head: string, body: string | Uint8Array | undefined, bodyBytes: number): void {
    this.#state = 'busy';
    this.#user = user;
    this.#reader.begin();
    if (this.#isUnref) {
      this.#isUnref = false;
      this.#socket.ref();
    }
    writeRequest(this.#socket, head, body, bodyBytes);
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined || this.#hasEnded) this.#read(held ?? NOTHING, held?.length ?? 0);
    if (!this.#isPaused && this.#state !== 'lost') this.#socket.resume();
  }

  /** Its user wants no more of it, and is told nothing. */
  abandon(): void {
    this.#user = undefined;
    this.#lose('ABANDONED');
  }

  close(): void {
    this.#lose('CLOSED');
  }

  /** Now and then: closes what has waited for too long. */
  sweep(nowMs: number): void {
    if (this.#state === 'connecting' && nowMs - this.#sinceMs >= this.#limits.connectMs) this.#lose('ETIMEDOUT');
    if (this.#state !== 'idle') return;
    if (this.isStale(nowMs)) this.close();
    else if (!this.#isUnref) {
      this.#isUnref = true;
      this.#socket.unref();
    }
  }

  head(status: number, headers: HttpHeaders): void {
    this.#user?.head(status, headers);
  }

  piece(bytes: Buffer, from: number, to: number): void {
    const chunk = Buffer.allocUnsafe(to - from);
    bytes.copy(chunk, 0, from, to);
    this.#user?.data(chunk);
  }

  #opened(): void {
    if (this.#state !== 'connecting') return;
    this.#rest(this.#limits.idleMs);
    this.#owner.opened(this);
  }

  #rest(keepMs: number): void {
    this.#state = 'idle';
    this.#sinceMs = performance.now();
    this.#keepMs = keepMs;
  }

  #receive(size: number, bytes: Buffer): void {
    if (this.#state !== 'busy') {
      // Nobody asked: whatever it is, it must not be taken for the next answer.
      this.#lose('UNASKED');
    } else if (this.#isPaused) {
      this.#held = Buffer.concat([this.#held ?? NOTHING, bytes.subarray(0, size)]);
    } else this.#read(bytes, size);
  }

  #read(bytes: Buffer, size: number): void {
    let at = 0;
    try {
      at = this.#reader.read(bytes, 0, size, this);
    } catch (reason) {
      // Of the receiver: it cannot go on, and its connection is of no use to others.
      this.#lose(codeOf(reason));
    }
    if (this.#state !== 'busy') return;
    if (this.#isPaused) {
      this.#held = Buffer.concat([bytes.subarray(at, size)]);
      return;
    }
    if (this.#hasEnded && this.#reader.phase !== 'over' && this.#reader.phase !== 'broken') this.#finish();
    else if (this.#reader.phase === 'over') this.#complete(at < size);
    else if (this.#reader.phase === 'broken') this.#lose('BAD_HTTP');
  }

  #ended(): void {
    this.#hasEnded = true;
    if (this.#state === 'busy') {
      if (!this.#isPaused) this.#finish();
    } else this.#lose('EOF');
  }

  #finish(): void {
    this.#reader.finish();
    if (this.#reader.phase === 'over') this.#complete(false);
    else this.#lose('EOF');
  }

  /** @param hasMore more came than was asked for */
  #complete(hasMore: boolean): void {
    const user = this.#user;
    this.#user = undefined;
    const { keepsConnection, keepAliveMs } = this.#reader.head;
    const { idleMs } = this.#limits;
    const keepMs = keepAliveMs === undefined ? idleMs : Math.min(idleMs, keepAliveMs - KEEP_ALIVE_MARGIN_MS);
    // Who answers before it has read all of the request may not be reading any more.
    const isSent = this.#socket.writableLength === 0;
    if (keepsConnection && keepMs > 0 && isSent && !hasMore && !this.#hasEnded) {
      this.#rest(keepMs);
      this.#owner.freed(this);
    } else this.close();
    try {
      user?.end();
    } catch {
      // The exchange is over and the connection has another user already: there is nobody left to tell.
    }
  }

  /** Tells its owner first, so that who waits longest goes on before who sends again. */
  #lose(code: string): void {
    const was = this.#state;
    if (was === 'lost') return;
    this.#state = 'lost';
    const user = this.#user;
    this.#user = undefined;
    this.#held = undefined;
    this.#socket.destroy();
    this.#owner.lost(this, was, code);
    user?.lost(code);
  }

  #closed(): void {
    // What came before the end is still told when a paused exchange goes on.
    if (!(this.#state === 'busy' && this.#isPaused && this.#hasEnded)) this.#lose('EOF');
    this.#owner.closed(this);
  }
}
