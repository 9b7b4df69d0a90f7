/**
 * The connections to one origin, and the exchanges that wait for one: whoever waits longest is served first, by the
 * connection that was used last. For the client alone.
 */
import { Connection, type ConnectionLimits, type ConnectionOwner } from './connection.ts';
import { codeOf } from './connection-failure.ts';
import type { ConnectionSource, Exchange } from './exchange.ts';
import { createSocketOpener, type SocketOpener } from './open-socket.ts';

export interface OriginPoolOptions {
  /** Exchanges beyond wait for a free one. */
  readonly maxConnections: number;
  /** Authorities, PEM, believed beside those of the system. */
  readonly caPem?: readonly string[];
}

/** What bounds them in practice is the executor. */
const MAX_WAITING = 4096;
/** A connection that was given up by its exchange goes on being made for so long. */
const ABANDONED_CONNECT_MS = 10_000;
/** Model servers behind plain HTTP, such as uvicorn, drop idle connections after 5 s; balancers after a minute or more. */
const IDLE_MS = { plain: 4_000, tls: 30_000 } as const;
/** Whether a connection has waited for too long is looked at so often, and when it is used. */
const SWEEP_MS = 500;
/** One that has not been used for longer may have been closed while the thread was busy: that is looked at first. */
const RESTED_MS = 100;

export class OriginPool implements ConnectionSource, ConnectionOwner {
  readonly host: string;
  readonly #opener: SocketOpener;
  readonly #maxConnections: number;
  readonly #idleMs: number;
  /** Connections that are not lost. */
  #count = 0;
  /** Those whose sockets are not gone. */
  readonly #all = new Set<Connection>();
  /** The one that was used last is at the end. */
  readonly #free: Connection[] = [];
  /** In the order of arrival, each with the connection that is made for it; without one, there are as many as may be. */
  readonly #waiting = new Map<Exchange, Connection | undefined>();
  /** The other way round: a connection that is being made, and who waits because of it. */
  readonly #madeFor = new Map<Connection, Exchange>();
  #sweeper: NodeJS.Timeout | undefined;
  #whenEmpty: (() => void)[] = [];

  /** @throws TypeError where the origin is no URL */
  constructor(origin: string, { maxConnections, caPem }: OriginPoolOptions) {
    const url = new URL(origin);
    this.host = url.host;
    this.#opener = createSocketOpener(url, caPem);
    this.#maxConnections = maxConnections;
    this.#idleMs = this.#opener.isTls ? IDLE_MS.tls : IDLE_MS.plain;
  }

  /** No exchange has a connection or waits for one. */
  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#count === this.#free.length;
  }

  place(exchange: Exchange): boolean {
    const nowMs = performance.now();
    const free = this.#takeFree(nowMs);
    if (free !== undefined && free.idleMs(nowMs) <= RESTED_MS) {
      exchange.run(free);
      return true;
    }
    if (this.#waiting.size >= MAX_WAITING) {
      if (free !== undefined) this.#free.push(free);
      return false;
    }
    exchange.wait();
    this.#waiting.set(exchange, undefined);
    if (free === undefined) this.#refill();
    else {
      this.#promise(free, exchange);
      setImmediate(lookAgain, this, free);
    }
    return true;
  }

  withdraw(exchange: Exchange): void {
    const made = this.#waiting.get(exchange);
    this.#waiting.delete(exchange);
    if (made !== undefined) this.#madeFor.delete(made);
  }

  crowd(exchange: Exchange): number | undefined {
    const isUnmade = this.#waiting.has(exchange) && this.#waiting.get(exchange) === undefined;
    // One that is never completed is the other side's fault, and who waits behind it must not be told otherwise.
    const isCrowded = isUnmade && [...this.#all].every(({ isConnecting }) => !isConnecting);
    return isCrowded ? this.#count : undefined;
  }

  opened(connection: Connection): void {
    this.#serve(connection);
  }

  freed(connection: Connection): void {
    this.#serve(connection);
  }

  /** What was read meanwhile is known: it is closed, or it is good. */
  looked(connection: Connection): void {
    if (connection.isIdle) this.#serve(connection);
  }

  lost(connection: Connection, was: 'connecting' | 'idle' | 'busy', code: string): void {
    this.#count -= 1;
    const exchange = this.#madeFor.get(connection);
    this.#madeFor.delete(connection);
    const failed = was === 'connecting' ? exchange : undefined;
    if (failed !== undefined) this.#waiting.delete(failed);
    else if (exchange !== undefined) this.#waiting.set(exchange, undefined);
    if (was === 'idle') {
      const at = this.#free.indexOf(connection);
      if (at !== -1) this.#free.splice(at, 1);
    }
    this.#refill();
    failed?.connectFailed(code);
  }

  closed(connection: Connection): void {
    this.#all.delete(connection);
    if (this.#all.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    for (const tell of this.#whenEmpty.splice(0)) tell();
  }

  /** Gives up what runs and what waits. */
  async close(): Promise<void> {
    for (const exchange of [...this.#waiting.keys()]) exchange.cancel();
    for (const connection of [...this.#all]) connection.close();
    if (this.#all.size > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  sweep(): void {
    const nowMs = performance.now();
    for (const connection of this.#all) connection.sweep(nowMs);
  }

  #takeFree(nowMs: number): Connection | undefined {
    for (let free = this.#free.pop(); free !== undefined; free = this.#free.pop()) {
      if (!free.isStale(nowMs)) return free;
      free.close();
    }
    return undefined;
  }

  /** Makes a connection for each that waits without one, as far as there may be more. */
  #refill(): void {
    if (this.#count >= this.#maxConnections) return;
    for (const [exchange, made] of this.#waiting) {
      if (made !== undefined) continue;
      this.#connect(exchange);
      if (this.#count >= this.#maxConnections) return;
    }
  }

  #connect(exchange: Exchange): void {
    const connectMs = Math.max(exchange.connectTimeoutMs, ABANDONED_CONNECT_MS);
    const limits: ConnectionLimits = { idleMs: this.#idleMs, connectMs };
    let connection: Connection;
    try {
      connection = new Connection(this.#opener, this, limits);
    } catch (reason) {
      this.#waiting.delete(exchange);
      exchange.connectFailed(codeOf(reason));
      return;
    }
    this.#count += 1;
    this.#all.add(connection);
    this.#promise(connection, exchange);
    this.#sweeper ??= setInterval(onSweep, SWEEP_MS, this).unref();
  }

  #promise(connection: Connection, exchange: Exchange): void {
    this.#waiting.set(exchange, connection);
    this.#madeFor.set(connection, exchange);
  }

  /** Who waits longest may have it; what is made for that one is then for whom it was made. */
  #serve(connection: Connection): void {
    const madeFor = this.#madeFor.get(connection);
    this.#madeFor.delete(connection);
    for (const [next, made] of this.#waiting) {
      this.#waiting.delete(next);
      if (made !== undefined) this.#madeFor.delete(made);
      if (madeFor !== undefined && madeFor !== next) {
        if (made === undefined) this.#waiting.set(madeFor, undefined);
        else this.#promise(made, madeFor);
      }
      next.run(connection);
      return;
    }
    this.#free.push(connection);
  }
}

const onSweep = (pool: OriginPool): void => pool.sweep();
/** Twice, so that there was a look at the sockets in between wherever in its turn the loop was. */
const lookAgain = (pool: OriginPool, connection: Connection): void => {
  setImmediate(onLooked, pool, connection);
};
const onLooked = (pool: OriginPool, connection: Connection): void => pool.looked(connection);
