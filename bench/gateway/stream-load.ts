/** Streams under load: each is read to its end; what counts is pieces a second and the time to the first byte. */
import { connect, type Socket } from 'node:net';
import { closedLoop, type LoadOptions, type LoadResult } from '../load/closed-loop.ts';

export interface StreamResult {
  /** Of whole streams. */
  readonly streams: LoadResult;
  readonly firstByteP50Us: number;
}

const ENDED = Buffer.from('\r\n0\r\n');
const BODY = Buffer.from('\r\n\r\n');

/** @param head request line and headers, without `content-length` */
export async function streamLoad(
  address: string,
  head: string,
  body: string,
  marker: string,
  options: LoadOptions,
): Promise<StreamResult> {
  const request = Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  const idle = await Promise.all(Array.from({ length: options.inFlight }, () => open(address, marker)));
  const every = [...idle];
  const firstBytesUs: number[] = [];
  try {
    const streams = await closedLoop((done) => {
      const connection = idle.pop();
      if (connection === undefined) {
        done(new Error('no idle connection'));
        return;
      }
      connection.ask(request, (error, firstByteUs) => {
        idle.push(connection);
        firstBytesUs.push(firstByteUs);
        done(error);
      });
    }, options);
    const sorted = firstBytesUs.sort((a, b) => a - b);
    return { streams, firstByteP50Us: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN };
  } finally {
    for (const connection of every) connection.socket.destroy();
  }
}

interface Connection {
  readonly socket: Socket;
  ask(request: Buffer, done: (error: Error | undefined, firstByteUs: number) => void): void;
}

/** @param marker what a whole stream must contain, so that a broken one does not count as fast */
async function open(address: string, marker: string): Promise<Connection> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect({ host, port: Number(port), noDelay: true });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let pending: ((error: Error | undefined, firstByteUs: number) => void) | undefined;
  let begunMs = 0;
  let firstByteUs = 0;
  let pieces: Buffer[] = [];
  const finish = (error?: Error): void => {
    const done = pending;
    pending = undefined;
    pieces = [];
    done?.(error, firstByteUs);
  };
  socket.on('error', finish);
  socket.on('close', () => finish(new Error('the connection was closed')));
  socket.on('data', (chunk: Buffer) => {
    if (firstByteUs === 0 && (pieces.length > 0 || chunk.indexOf(BODY) + BODY.length < chunk.length)) {
      firstByteUs = (performance.now() - begunMs) * 1000;
    }
    if (pieces.length === 0 && chunk.toString('latin1', 9, 12) !== '200') {
      finish(new Error(`no stream: ${chunk.toString('utf8', 0, 200)}`));
      return;
    }
    pieces.push(chunk);
    // The end may stand in two reads.
    const tail = pieces.length === 1 ? chunk : Buffer.concat(pieces.slice(-2));
    if (!tail.includes(ENDED)) return;
    const text = Buffer.concat(pieces);
    const whole = text.toString('latin1', 9, 12) === '200' && text.includes(marker);
    finish(whole ? undefined : new Error(`no whole stream: ${text.toString('utf8', 0, 200)}`));
  });
  return {
    socket,
    ask(request, done) {
      pending = done;
      begunMs = performance.now();
      firstByteUs = 0;
      socket.write(request);
    },
  };
}
