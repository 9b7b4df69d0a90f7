/**
 * A stream onto a response. Nothing is held here: a client that reads slowly stops the reading of the vendor, and a
 * client that leaves ends it at once. The head goes out with the first bytes. What one turn of the event loop writes
 * leaves in one packet, as Node corks what is written until the end of a turn.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import type { StreamReply } from './reply.ts';

/** @param close close the connection behind it */
export function sendStream(response: ServerResponse, reply: StreamReply, close: boolean): void {
  const { stream } = reply;
  if (response.destroyed) {
    stream.cancel();
    return;
  }
  let over = false;
  const headers = ['content-type', reply.contentType];
  // HTTP/1.0 has no chunks and so no trailers.
  const trails = response.useChunkedEncodingByDefault;
  if (trails) headers.push('trailer', reply.trailerNames);
  if (close) headers.push('connection', 'close');
  for (const name in reply.headers) headers.push(name, reply.headers[name] ?? '');
  try {
    response.writeHead(200, headers);
  } catch (reason) {
    stream.cancel();
    throw reason;
  }

  const finish = (text: string): void => {
    over = true;
    if (response.destroyed) return;
    if (trails) response.addTrailers(reply.trailers());
    response.end(text);
  };
  const write = (bytes: string | Uint8Array | undefined): void => {
    if (bytes === undefined || bytes.length === 0 || over) return;
    if (!response.write(bytes)) stream.pause();
  };

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
        write(reply.write(events, raw));
      } catch {
        // A fault of ours in the writing: the vendor is told to stop, and the client never sees a success.
        over = true;
        stream.cancel();
        response.destroy();
      }
    },
    closed(failure: AttemptFailure | undefined) {
      if (over) return;
      finish(failure === undefined ? '' : reply.fail(failure));
    },
  });
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
