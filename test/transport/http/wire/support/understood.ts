/** What a server understands of bytes on a real socket: ours, and Node's own as the reference. */
import { createServer as createNodeServer } from 'node:http';
import { type AddressInfo, connect, type Server } from 'node:net';
import { createListener, type Listener } from '../../../../../src/transport/http/wire/listener.ts';
import type { ConnectionBounds } from '../../../../../src/transport/http/wire/service.ts';
import { BOUNDS } from './serving.ts';

export interface Understood {
  readonly method: string;
  readonly target: string;
  /** As `name: value`, of the names that are asked for. */
  readonly headers: readonly string[];
  /** Latin-1. */
  readonly body: string;
}

export interface Reader {
  /** Sends the pieces, each by itself, and waits until the server closes; what it understood in that connection. */
  read(pieces: readonly Uint8Array[], names?: readonly string[]): Promise<Read>;
  close(): Promise<void>;
}

export interface Read {
  readonly requests: readonly Understood[];
  /** Latin-1: all that was answered. */
  readonly answer: string;
}

const MAX_BODY_BYTES = 1_000_000;
/** A server that waits for more is told that nothing comes. */
const PATIENCE_MS = 40;

type Book = Map<string, Understood[]>;

/** @param note is told by the port of the client what was understood */
const noting =
  (book: Book) =>
  (port: number | undefined, understood: Understood): void => {
    book.get(String(port))?.push(understood);
  };

export async function oursReader(bounds: Partial<ConnectionBounds> = {}): Promise<Reader> {
  const book: Book = new Map();
  const note = noting(book);
  let names: readonly string[] = [];
  const listener = createListener({
    service: {
      begin(turn) {
        const { head, socket } = turn;
        const port = socket.remotePort;
        // As Node by itself.
        if (head.expectation === 'unknown') {
          turn.destroy();
          return;
        }
        turn.read(MAX_BODY_BYTES).then(
          (bytes) => {
            const headers = names.map((name) => `${name}: ${head.header(name)}`);
            note(port, {
              method: head.method,
              target: head.target,
              headers,
              body: Buffer.from(bytes).toString('latin1'),
            });
            turn.finish(
              `HTTP/1.1 200 OK\r\ncontent-length: 0\r\n${turn.closingLines(turn.stays('stay'))}\r\n`,
              'latin1',
              'stay',
            );
          },
          () => undefined,
        );
      },
      over: () => undefined,
      refusal: (fault) => `HTTP/1.1 400 ${fault}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    },
    bounds: { ...BOUNDS, ...bounds },
    maxConnections: 1_000,
    tls: undefined,
  });
  const port = await listening(listener.server);
  return {
    async read(pieces, asked = []) {
      names = asked;
      return exchange(port, pieces, book);
    },
    close: () => closing(listener),
  };
}

export async function nodeReader(): Promise<Reader> {
  const book: Book = new Map();
  const note = noting(book);
  let names: readonly string[] = [];
  const server = createNodeServer({ requireHostHeader: false }, (request, response) => {
    const chunks: Buffer[] = [];
    const port = request.socket.remotePort;
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const headers = names.map((name) => `${name}: ${request.headers[name]}`);
      const body = Buffer.concat(chunks).toString('latin1');
      note(port, { method: request.method ?? '', target: request.url ?? '', headers, body });
      response.end();
    });
  });
  // As ours: what asks for a tunnel is none of ours, an upgrade is read over.
  server.on('connect', (_request, socket) => socket.destroy());
  // Not at once: a request that was whole is still on its way to its listener.
  server.on('clientError', (_error, socket) => setTimeout(() => socket.destroy(), 5));
  const port = await listening(server);
  return {
    async read(pieces, asked = []) {
      names = asked;
      return exchange(port, pieces, book);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    // A listening TCP server has an AddressInfo, never a pipe name.
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

const closing = (listener: Listener): Promise<void> => listener.drain(0);

function exchange(port: number, pieces: readonly Uint8Array[], book: Book): Promise<Read> {
  return new Promise((resolve) => {
    let answer = '';
    const requests: Understood[] = [];
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      book.set(String(socket.localPort), requests);
      const left = pieces.slice();
      const next = (): void => {
        const piece = left.shift();
        if (piece !== undefined && !socket.destroyed) socket.write(piece, () => setImmediate(next));
      };
      next();
    });
    const patience = setTimeout(() => socket.end(), PATIENCE_MS);
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(patience);
      // What is being read is read to its end first.
      setImmediate(() => {
        book.delete(String(socket.localPort));
        resolve({ requests, answer });
      });
    });
  });
}

/** The bytes of a text of Latin-1. */
export const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
