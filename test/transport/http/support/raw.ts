/** Bytes onto a socket as they are, and what comes back until the server closes. */
import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** @param send writes what it likes; the default end of the stream is the server's business */
export function rawExchange(port: number, send: (socket: Socket) => void): Promise<readonly RawResponse[]> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => send(socket));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(parseResponses(Buffer.concat(chunks).toString('latin1'))));
  });
}

/** A whole POST; the connection is closed behind it unless other headers are given. */
export function post(path: string, body: string, headers: readonly string[] = ['connection: close']): string {
  const head = [`POST ${path} HTTP/1.1`, 'host: x', 'content-type: application/json', ...headers];
  return `${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export const problemOf = (response: RawResponse | undefined): { code?: unknown; detail?: unknown; status?: unknown } =>
  JSON.parse(response?.body ?? '{}');

/** Responses with a content-length, and interim ones without. Counted in bytes, so the text is Latin-1 here. */
function parseResponses(text: string): readonly RawResponse[] {
  const responses: RawResponse[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`half a response: ${JSON.stringify(rest.slice(0, 200))}`);
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const length = Number(headers.get('content-length') ?? 0);
    const body = Buffer.from(rest.slice(end + 4, end + 4 + length), 'latin1').toString('utf8');
    responses.push({ status: Number(first.split(' ')[1]), headers, body });
    rest = rest.slice(end + 4 + length);
  }
  return responses;
}
