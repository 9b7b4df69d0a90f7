/** HTTP/1.1 load with as little client as possible: one request written whole, one answer read by its length. */
import { connect, type Socket } from 'node:net';
import { closedLoop, type LoadOptions, type LoadResult } from './closed-loop.ts';

export function httpLoad(address: string, path: string, body: string, options: LoadOptions): Promise<LoadResult> {
  const head = `POST ${path} HTTP/1.1\r\nhost: ${address}\r\ncontent-type: application/json\r\n`;
  return headedLoad(address, head, body, options);
}

/** @param head request line and headers, complete but for `content-length` */
export async function headedLoad(
  address: string,
  head: string,
  body: string,
  options: LoadOptions,
): Promise<LoadResult> {
  const request = Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  const idle = await Promise.all(Array.from({ length: options.inFlight }, () => open(address)));
  const every = [...idle];
  try {
    return await closedLoop((done) => {
      const connection = idle.pop();
      if (connection === undefined) {
        done(new Error('no idle connection'));
        return;
      }
      connection.ask(request, (error) => {
        idle.push(connection);
        done(error);
      });
    }, options);
  } finally {
    for (const connection of every) connection.socket.destroy();
  }
}

interface Connection {
  readonly socket: Socket;
  ask(request: Buffer, done: (error?: Error) => void): void;
}

async function open(address: string): Promise<Connection> {
  const separator = address.lastIndexOf(':');
  const socket = connect({
    host: address.slice(0, separator),
    port: Number(address.slice(separator + 1)),
    noDelay: true,
  });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let pending: ((error?: Error) => void) | undefined;
  let rest: Buffer = Buffer.alloc(0);
  const finish = (error?: Error): void => {
    const done = pending;
    pending = undefined;
    done?.(error);
  };
  socket.on('error', finish);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const answer = readAnswer(rest);
    if (answer === undefined) return;
    rest = Buffer.alloc(0);
    finish(answer === 200 ? undefined : new Error(`HTTP status ${answer}`));
  });
  return {
    socket,
    ask(request, done) {
      pending = done;
      socket.write(request);
    },
  };
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** The status of a whole answer, or undefined while it is not whole. */
function readAnswer(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) return chunkedEnd(bytes) ? statusOf(head) : undefined;
  return bytes.length >= headEnd + 4 + Number(length) ? statusOf(head) : undefined;
}

const CHUNKED_END = Buffer.from('\r\n0\r\n\r\n');
const chunkedEnd = (bytes: Buffer): boolean => bytes.subarray(-CHUNKED_END.length).equals(CHUNKED_END);
const statusOf = (head: string): number => Number(head.slice(9, 12));
