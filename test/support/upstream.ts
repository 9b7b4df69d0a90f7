/** A vendor on a real socket of this machine that does what a test says: answers, drips, hangs, cuts, resets. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Writes what it likes to the socket. */
export type Script = (socket: Socket, request: UpstreamRequest) => void;

export interface Upstream extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  /** What arrived, whole. */
  readonly requests: readonly UpstreamRequest[];
  readonly connections: number;
  /** Resolves with the moment (`performance.now()`) when the next connection is closed by the other side. */
  closed(): Promise<number>;
  /** Resolves when one request more than `before` has arrived whole. */
  arrived(before?: number): Promise<void>;
}

export interface UpstreamOptions {
  readonly tls?: { readonly certificatePem: string; readonly keyPem: string };
}

export async function startUpstream(script: Script, { tls }: UpstreamOptions = {}): Promise<Upstream> {
  const requests: UpstreamRequest[] = [];
  const sockets = new Set<Socket>();
  const closers: ((atMs: number) => void)[] = [];
  const waiters: { readonly count: number; readonly tell: () => void }[] = [];
  let connections = 0;

  const serve = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    let pending = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      for (const tell of closers.splice(0)) tell(performance.now());
    });
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (let taken = takeRequest(pending); taken !== undefined; taken = takeRequest(pending)) {
        pending = taken.rest;
        requests.push(taken.request);
        for (const { count, tell } of waiters) if (requests.length >= count) tell();
        script(socket, taken.request);
      }
    });
  };
  const server =
    tls === undefined ? createServer(serve) : createTlsServer({ cert: tls.certificatePem, key: tls.keyPem }, serve);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return connections;
    },
    closed: () => new Promise((resolve) => closers.push(resolve)),
    arrived: (before = 0) =>
      new Promise((resolve) => {
        if (requests.length > before) resolve();
        else waiters.push({ count: before + 1, tell: resolve });
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Taken {
  readonly request: UpstreamRequest;
  readonly rest: Buffer<ArrayBuffer>;
}

function takeRequest(bytes: Buffer<ArrayBuffer>): Taken | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const bodyStart = end + 4;
  const bodyEnd = bodyStart + Number(headers['content-length'] ?? 0);
  if (bytes.length < bodyEnd) return undefined;
  const [method = '', path = ''] = first.split(' ');
  const body = bytes.toString('utf8', bodyStart, bodyEnd);
  return { request: { method, path, headers, body }, rest: bytes.subarray(bodyEnd) };
}

/** A whole answer of JSON. */
export function answerJson(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): string {
  return answer(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): string {
  return `${head(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) })}${body}`;
}

/** The head of an answer, with its empty line. */
export function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n`;
}

export const streamHead = (contentType: string): string =>
  head(200, { 'content-type': contentType, 'transfer-encoding': 'chunked' });

export const STREAM_HEAD: string = streamHead('text/event-stream; charset=utf-8');

/** One piece of a chunked body. */
export function chunk(piece: string | Uint8Array): Buffer {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

export const LAST_CHUNK = '0\r\n\r\n';
