/**
 * gRPC load with as little client as possible: HTTP/2 frames written by hand (RFC 9113), one connection, no codec and no
 * header compression, so that on a shared machine the server is what is measured. The same client asks every server.
 */
import { connect, type Socket } from 'node:net';
import { closedLoop, type LoadOptions, type LoadResult } from './closed-loop.ts';

/** One call at a time of each stream; answers are counted whole. */
export async function unaryLoad(
  address: string,
  path: string,
  message: Uint8Array,
  options: LoadOptions,
): Promise<LoadResult> {
  const connection = await open(address, path);
  const waiting = new Map<number, (error?: Error) => void>();
  connection.onFailure((error) => {
    for (const done of waiting.values()) done(error);
  });
  connection.onEnd((stream, whole) => {
    const done = waiting.get(stream);
    waiting.delete(stream);
    done?.(whole ? undefined : new Error(`stream ${stream} ended without a message, or not with status OK`));
  });
  try {
    return await closedLoop((done) => waiting.set(connection.call(message), done), options);
  } finally {
    connection.close();
  }
}

/** One bidirectional stream with a window of messages in flight; answers come in order. */
export async function streamLoad(
  address: string,
  path: string,
  message: Uint8Array,
  options: LoadOptions,
): Promise<LoadResult> {
  const connection = await open(address, path);
  const waiting: ((error?: Error) => void)[] = [];
  connection.onFailure((error) => {
    for (const done of waiting.splice(0)) done(error);
  });
  connection.onMessage(() => waiting.shift()?.());
  const stream = connection.openStream();
  try {
    return await closedLoop((done) => {
      waiting.push(done);
      connection.send(stream, message);
    }, options);
  } finally {
    connection.close();
  }
}

interface Connection {
  /** A whole call: headers, one message, end. @returns its stream */
  call(message: Uint8Array): number;
  openStream(): number;
  send(stream: number, message: Uint8Array): void;
  onMessage(told: (stream: number) => void): void;
  /** `whole`: a message came, and the trailers are those of a good answer. */
  onEnd(told: (stream: number, whole: boolean) => void): void;
  onFailure(told: (error: Error) => void): void;
  close(): void;
}

const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
const FLAG = { end: 1, acknowledge: 1, endHeaders: 4 } as const;
const FRAME_HEAD_BYTES = 9;
const PREFIX_BYTES = 5;
const WINDOW = 2 ** 31 - 1;
/** Taken back from the connection's window before it is given again. */
const REPLENISH_BYTES = 2 ** 28;

async function open(address: string, path: string): Promise<Connection> {
  const separator = address.lastIndexOf(':');
  const port = Number(address.slice(separator + 1));
  const socket = connect({ host: address.slice(0, separator), port, noDelay: true });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.write(PREFACE);
  return speak(socket, requestHeaders(path, address));
}

function speak(socket: Socket, headers: Buffer): Connection {
  let nextStream = 1;
  let message: (stream: number) => void = () => undefined;
  let end: (stream: number, whole: boolean) => void = () => undefined;
  let failure: (error: Error) => void = () => undefined;
  const bodies = new Map<number, number>();
  let received = 0;

  const readers: Readonly<Record<number, (flags: number, stream: number, payload: Buffer) => void>> = {
    [FRAME.data]: (flags, stream, payload) => {
      received += payload.length;
      if (received > REPLENISH_BYTES) {
        socket.write(windowUpdate(received));
        received = 0;
      }
      const bytes = (bodies.get(stream) ?? 0) + payload.length;
      bodies.set(stream, bytes);
      // A server writes each message with its prefix in frames of its own, so a frame's first bytes are a prefix.
      if (payload.length >= PREFIX_BYTES && payload.readUInt32BE(1) + PREFIX_BYTES === payload.length) message(stream);
      if ((flags & FLAG.end) !== 0) failure(new Error('a stream ended without trailers'));
    },
    [FRAME.headers]: (flags, stream, payload) => {
      if ((flags & FLAG.end) === 0) return;
      const bytes = bodies.get(stream) ?? 0;
      bodies.delete(stream);
      end(stream, bytes > PREFIX_BYTES && payload.includes(STATUS_OK));
    },
    [FRAME.settings]: (flags) => {
      if ((flags & FLAG.acknowledge) === 0) socket.write(frame(FRAME.settings, FLAG.acknowledge, 0, EMPTY));
    },
    [FRAME.ping]: (flags, _stream, payload) => {
      if ((flags & FLAG.acknowledge) === 0) socket.write(frame(FRAME.ping, FLAG.acknowledge, 0, payload));
    },
    [FRAME.reset]: (_flags, stream) => failure(new Error(`stream ${stream} was reset`)),
    [FRAME.goAway]: () => failure(new Error('the server sends us away')),
  };
  onFrames(socket, (type, flags, stream, payload) => readers[type]?.(flags, stream, payload));
  socket.on('error', (error: Error) => failure(error));

  const begin = (): number => {
    const stream = nextStream;
    nextStream += 2;
    return stream;
  };
  const data = (flags: number, stream: number, body: Uint8Array): Buffer =>
    frame(FRAME.data, flags, stream, prefixed(body));
  return {
    call(body) {
      const stream = begin();
      socket.write(
        Buffer.concat([frame(FRAME.headers, FLAG.endHeaders, stream, headers), data(FLAG.end, stream, body)]),
      );
      return stream;
    },
    openStream() {
      const stream = begin();
      socket.write(frame(FRAME.headers, FLAG.endHeaders, stream, headers));
      return stream;
    },
    send: (stream, body) => void socket.write(data(0, stream, body)),
    onMessage(told) {
      message = told;
    },
    onEnd(told) {
      end = told;
    },
    onFailure(told) {
      failure = told;
    },
    close: () => void socket.destroy(),
  };
}

/** Calls back once per whole frame, however the bytes are cut. */
function onFrames(
  socket: Socket,
  arrived: (type: number, flags: number, stream: number, payload: Buffer) => void,
): void {
  let rest: Buffer = EMPTY;
  socket.on('data', (chunk: Buffer) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (bytes.length >= FRAME_HEAD_BYTES) {
      const size = FRAME_HEAD_BYTES + bytes.readUIntBE(0, 3);
      if (bytes.length < size) break;
      arrived(bytes[3] ?? 0, bytes[4] ?? 0, bytes.readUInt32BE(5), bytes.subarray(FRAME_HEAD_BYTES, size));
      bytes = bytes.subarray(size);
    }
    rest = bytes;
  });
}

const EMPTY: Buffer = Buffer.alloc(0);

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
  framed.writeUIntBE(payload.length, 0, 3);
  framed[3] = type;
  framed[4] = flags;
  framed.writeUInt32BE(stream, 5);
  framed.set(payload, FRAME_HEAD_BYTES);
  return framed;
}

/** A gRPC message with its prefix: compressed flag, length. */
function prefixed(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(PREFIX_BYTES + message.length);
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, PREFIX_BYTES);
  return bytes;
}

function windowUpdate(increment: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(increment);
  return frame(FRAME.windowUpdate, 0, 0, payload);
}

/** No dynamic header table, so that equal headers are equal bytes; windows that never close. */
const PREFACE: Buffer = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(FRAME.settings, 0, 0, Buffer.from([0, 1, 0, 0, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff])),
  windowUpdate(WINDOW - 65_535),
]);

/** RFC 7541: a literal header field that is never indexed, name and value without Huffman coding. */
const literal = (name: string, value: string): Buffer => Buffer.concat([Buffer.from([0x10]), text(name), text(value)]);
const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);

const requestHeaders = (path: string, authority: string): Buffer =>
  Buffer.concat([
    literal(':method', 'POST'),
    literal(':scheme', 'http'),
    literal(':path', path),
    literal(':authority', authority),
    literal('content-type', 'application/grpc'),
    literal('te', 'trailers'),
  ]);

/** `grpc-status: 0` as servers write it: a literal of one byte, which no Huffman code makes shorter. */
const STATUS_OK: Buffer = Buffer.from([0x01, 0x30]);
