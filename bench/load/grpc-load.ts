/**
 * gRPC load with as little client as possible: HTTP/2 frames of bytes that were encoded before, no codec, one
 * connection. What is measured is the server; the same client asks the echo and the engine.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { closedLoop, type LoadOptions, type LoadResult } from './closed-loop.ts';

/** A gRPC message with its five-byte prefix (compressed flag, length). */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(5 + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}

export async function unaryLoad(
  address: string,
  path: string,
  message: Uint8Array,
  options: LoadOptions,
): Promise<LoadResult> {
  const session = await open(address);
  const body = frame(message);
  try {
    return await closedLoop((done) => {
      const stream = session.request(headers(path));
      let received = 0;
      let status = '';
      stream.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      stream.on('trailers', (trailers) => {
        status = String(trailers['grpc-status']);
      });
      stream.on('error', done);
      stream.on('end', () => done(status === '0' && received > 5 ? undefined : new Error(`grpc-status ${status}`)));
      stream.end(body);
    }, options);
  } finally {
    session.close();
  }
}

/** One bidirectional stream with a window of messages in flight; answers come in order. */
export async function streamLoad(
  address: string,
  path: string,
  message: Uint8Array,
  options: LoadOptions,
): Promise<LoadResult> {
  const session = await open(address);
  const stream = session.request(headers(path));
  const body = frame(message);
  const waiting: ((error?: Error) => void)[] = [];
  onMessages(stream, () => waiting.shift()?.());
  stream.on('error', (error: Error) => {
    for (const done of waiting.splice(0)) done(error);
  });
  try {
    return await closedLoop((done) => {
      waiting.push(done);
      stream.write(body);
    }, options);
  } finally {
    stream.end();
    session.close();
  }
}

/** Calls back once per whole message, however the bytes are cut. */
function onMessages(stream: ClientHttp2Stream, arrived: () => void): void {
  let rest: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 5) {
      const end = 5 + rest.readUInt32BE(1);
      if (rest.length < end) return;
      rest = rest.subarray(end);
      arrived();
    }
  });
}

const headers = (path: string): Record<string, string> => ({
  ':method': 'POST',
  ':path': path,
  'content-type': 'application/grpc',
  te: 'trailers',
});

function open(address: string): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${address}`, { settings: { initialWindowSize: 4 * 1024 * 1024 } });
    session.once('connect', () => resolve(session));
    session.once('error', reject);
  });
}
