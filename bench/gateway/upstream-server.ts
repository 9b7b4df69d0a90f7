/**
 * A model provider on loopback that costs next to nothing: fixed bytes for every request, whole or as a stream, in
 * OpenAI's spelling or (for paths that end in `/messages`) in Anthropic's. Started as a child; answers {address}.
 * It knows just enough of HTTP/1.1 for a client that sends a content-length.
 */
import { createServer, type Socket } from 'node:net';
import { ANTHROPIC_STREAM, ANTHROPIC_WHOLE, OPENAI_STREAM, OPENAI_WHOLE } from './replies.ts';

const HEAD_END = Buffer.from('\r\n\r\n');
const STREAMED = Buffer.from('"stream":true');

process.once('message', () => {
  const server = createServer({ noDelay: true }, serve);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    process.send?.({ address: `127.0.0.1:${address.port}` });
  });
});

function serve(socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const headEnd = rest.indexOf(HEAD_END);
      if (headEnd < 0) return;
      const head = rest.toString('latin1', 0, headEnd);
      const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const end = headEnd + HEAD_END.length + length;
      if (rest.length < end) return;
      const body = rest.subarray(headEnd + HEAD_END.length, end);
      rest = rest.subarray(end);
      answer(socket, head, body.includes(STREAMED));
    }
  });
}

function answer(socket: Socket, head: string, streamed: boolean): void {
  const anthropic = head.slice(0, head.indexOf('\r\n')).includes('/messages');
  if (!streamed) {
    socket.write(anthropic ? ANTHROPIC_WHOLE : OPENAI_WHOLE);
    return;
  }
  const pieces = anthropic ? ANTHROPIC_STREAM : OPENAI_STREAM;
  let next = 0;
  // One piece a turn, so that the pieces reach the gateway one by one.
  const step = (): void => {
    const piece = pieces[next];
    if (piece === undefined || socket.destroyed) return;
    next += 1;
    socket.write(piece);
    setImmediate(step);
  };
  step();
}
