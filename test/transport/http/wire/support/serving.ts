/** Connections on real sockets of loopback, whose requests a test answers as it likes. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createListener } from '../../../../../src/transport/http/wire/listener.ts';
import type { ConnectionBounds } from '../../../../../src/transport/http/wire/service.ts';
import type { Turn } from '../../../../../src/transport/http/wire/turn.ts';

export const BOUNDS: ConnectionBounds = {
  maxHeaderBytes: 16_384,
  maxFields: 100,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
  keepaliveTimeoutMs: 65_000,
};

export interface Served {
  readonly port: number;
  /** Targets of the requests that have begun. */
  readonly begun: readonly string[];
  /** Requests that are not over. */
  running(): number;
  /** Resolves with the next turn that begins, or has begun and was not asked for. */
  turn(): Promise<Turn>;
  /** Resolves when every connection is closed. */
  drain(): Promise<void>;
}

export async function serveTurns(
  context: Pick<TestContext, 'after'>,
  answer: (turn: Turn) => void = () => undefined,
  bounds: Partial<ConnectionBounds> = {},
): Promise<Served> {
  const begun: string[] = [];
  const waiting: Turn[] = [];
  let wanted: ((turn: Turn) => void) | undefined;
  let running = 0;
  const listener = createListener({
    service: {
      begin(turn) {
        running += 1;
        begun.push(turn.head.target);
        if (wanted === undefined) waiting.push(turn);
        else wanted(turn);
        wanted = undefined;
        queueMicrotask(() => answer(turn));
      },
      over() {
        running -= 1;
      },
      refusal: (fault) => `HTTP/1.1 400 ${fault}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    },
    bounds: { ...BOUNDS, ...bounds },
    maxConnections: 100,
    tls: undefined,
  });
  listener.server.listen(0, '127.0.0.1');
  await once(listener.server, 'listening');
  context.after(() => listener.drain(0));
  return {
    // A listening TCP server has an AddressInfo, never a pipe name.
    port: (listener.server.address() as AddressInfo).port,
    begun,
    running: () => running,
    drain: () => listener.drain(60_000),
    turn() {
      const first = waiting.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve) => {
        wanted = resolve;
      });
    },
  };
}

/** An answer that says no more than this. */
export function finishEmpty(turn: Turn, said: string = ''): void {
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${said.length}\r\n${turn.closingLines(turn.stays('stay'))}\r\n`;
  turn.finish(`${head}${said}`, 'latin1', 'stay');
}

export interface Client {
  readonly socket: Socket;
  /** All that came so far. */
  received(): string;
  /** Resolves when this came. */
  until(text: string): Promise<void>;
  readonly closed: Promise<void>;
}

export async function dial(port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  let look = (): void => undefined;
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
    look();
  });
  socket.on('error', () => socket.destroy());
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return {
    socket,
    received: () => received,
    until: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (received.includes(text)) resolve();
        };
        look();
        void closed.then(() => reject(new Error(`closed before "${text}": ${received}`)));
      }),
    closed,
  };
}
