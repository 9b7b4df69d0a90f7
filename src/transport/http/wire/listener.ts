/** Listens, in plain text or over TLS, and keeps the connections: their number, their time, and how they end. */
import { createServer, type Server, type Socket } from 'node:net';
import { createTlsServer, type HttpTls } from '../tls.ts';
import { Connection } from './connection.ts';
import { createClosing } from './response-head.ts';
import type { ConnectionBounds, Service, Shared } from './service.ts';

export interface ListenerOptions {
  readonly service: Service;
  readonly bounds: ConnectionBounds;
  readonly maxConnections: number;
  readonly tls: HttpTls | undefined;
}

export interface Listener {
  readonly server: Server;
  /** Takes nothing new, cuts what is idle, and resolves when the last connection is closed; at the bound all are cut. */
  drain(timeoutMs: number): Promise<void>;
}

/** How often it is looked whether something takes too long; also the slack of every bound. */
const SWEEP_MS = 500;

/** @throws Failure `config_invalid` when the TLS material cannot be used */
export function createListener({ service, bounds, maxConnections, tls }: ListenerOptions): Listener {
  const open = new Map<Socket, Connection>();
  /** Sockets below TLS: of those whose handshake is not done nobody else knows. */
  const below = new Set<Socket>();
  const shared: Shared = {
    service,
    bounds,
    closing: createClosing(bounds.keepaliveTimeoutMs),
    isDraining: false,
    closed: (socket) => open.delete(socket),
  };
  const opened = (socket: Socket): void => {
    open.set(socket, new Connection(socket, shared));
  };
  const options = { allowHalfOpen: true, noDelay: true };
  const server = tls === undefined ? createServer(options, opened) : createTlsServer(tls, options, opened);
  server.maxConnections = maxConnections;
  if (tls !== undefined) {
    server.on('connection', (socket: Socket) => {
      below.add(socket);
      socket.once('close', () => below.delete(socket));
    });
    server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
  }
  const sweeper = setInterval(() => {
    const nowMs = performance.now();
    for (const connection of open.values()) connection.sweep(nowMs);
  }, SWEEP_MS);
  sweeper.unref();
  server.once('close', () => clearInterval(sweeper));

  return {
    server,
    async drain(timeoutMs) {
      if (!server.listening) {
        clearInterval(sweeper);
        return;
      }
      shared.isDraining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of open.values()) connection.drain();
      const timer = setTimeout(() => {
        for (const socket of open.keys()) socket.destroy();
        for (const socket of below) socket.destroy();
      }, timeoutMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
