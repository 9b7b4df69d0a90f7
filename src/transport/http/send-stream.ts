/**
 * A stream onto a response. Nothing is held here: a client that reads slowly stops the reading of the vendor, and a
 * client that leaves ends it at once. The head goes out with the first bytes; what one read of the vendor brought is
 * one write.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Bytes, joined } from './joined-write.ts';
import type { Headers, StreamReply } from './reply.ts';

/** @param close close the connection behind it */
export function sendStream(response: ServerResponse, reply: StreamReply, close: boolean): void {
  const { stream } = reply;
  if (response.destroyed) {
    stream.cancel();
    return;
  }
  let over = false;
  let body: Body;
  try {
    body = openBody(response, reply, close);
  } catch (reason) {
    stream.cancel();
    throw reason;
  }

  response.on('drain', () => {
    if (!over) stream.resume();
  });
  response.once('close', () => {
    if (over) return;
    over = true;
    stream.cancel();
  });

  stream.start({
    receive(events, raw) {
      if (over) return;
      try {
        const bytes = reply.write(events, raw);
        if (bytes !== undefined && bytes.length > 0 && !body.write(bytes)) stream.pause();
      } catch {
        // A fault of ours in the writing: the vendor is told to stop, and the client never sees a success.
        over = true;
        stream.cancel();
        response.destroy();
      }
    },
    closed(failure) {
      if (over) return;
      over = true;
      if (!response.destroyed) body.end(failure === undefined ? '' : reply.fail(failure), reply.trailers);
    },
  });
}

interface Body {
  /** @returns false when the client takes no more for now */
  write(bytes: Bytes): boolean;
  end(last: string, trailers: () => Headers): void;
}

/** Writes the head. HTTP/1.0 has no chunks and so no trailers. */
function openBody(response: ServerResponse, reply: StreamReply, close: boolean): Body {
  const headers = ['content-type', reply.contentType];
  if (response.useChunkedEncodingByDefault) headers.push('trailer', reply.trailerNames);
  if (close) headers.push('connection', 'close');
  for (const name in reply.headers) headers.push(name, reply.headers[name] ?? '');
  response.writeHead(200, headers);
  if (!response.chunkedEncoding) {
    return { write: (bytes) => response.write(bytes), end: (last) => response.end(last) };
  }
  // The chunks are framed here: Node writes length, bytes and line ends as four pieces, which costs a fifth more.
  response.chunkedEncoding = false;
  return {
    write(bytes) {
      const sizeBytes = typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
      return joined(response, `${sizeBytes.toString(16)}\r\n`, bytes, '\r\n');
    },
    end(last, trailers) {
      if (last !== '') this.write(last);
      let lines = '';
      for (const [name, value] of Object.entries(trailers())) lines += `${name}: ${value}\r\n`;
      response.end(`0\r\n${lines}\r\n`, 'latin1');
    },
  };
}

/**
 * Of a socket on which nothing moves, the server's timeout cuts the one whose client does not read; one that waits for
 * a model is bounded by the decision, not by us.
 */
export function watchSilence(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  response.on('timeout', () => {
    if (response.writableLength > 0) socket.destroy();
    // Node tells a timeout once; setting it again starts it anew.
    else socket.setTimeout(socket.timeout ?? 0);
  });
}
