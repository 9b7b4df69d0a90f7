/**
 * A stream onto a turn. Nothing is held here: a client that reads slowly stops the reading of the vendor, and a client
 * that leaves ends it at once. The head goes out with the first bytes; what one read of the vendor brought is one write.
 */
import type { StreamReply } from './reply.ts';
import { latin1Of } from './send.ts';
import { headerLines, statusLine } from './wire/response-head.ts';
import type { Behind, Bytes, Turn } from './wire/turn.ts';

export function sendStream(turn: Turn, reply: StreamReply, wanted: 'stay' | 'close'): void {
  const { stream } = reply;
  if (turn.isGone) {
    stream.cancel();
    return;
  }
  let over = false;
  // HTTP/1.0 has no chunks and so no trailers: its answer ends with the connection.
  const isChunked = turn.head.minorVersion === 1;
  const behind: Behind = isChunked ? wanted : 'close';
  let head: string;
  try {
    head = headOf(turn, reply, isChunked, behind);
  } catch (reason) {
    stream.cancel();
    throw reason;
  }
  const write = isChunked ? writeChunk : writePlain;

  turn.writer = {
    drained() {
      if (!over) stream.resume();
    },
    left() {
      if (over) return;
      over = true;
      stream.cancel();
    },
  };
  stream.start({
    receive(events, raw) {
      if (over) return;
      try {
        const bytes = reply.write(events, raw);
        if (bytes === undefined || bytes.length === 0) return;
        const takesMore = write(turn, head, bytes);
        head = '';
        if (!takesMore) stream.pause();
      } catch {
        // A fault of ours in the writing: the vendor is told to stop, and the client never sees a success.
        over = true;
        stream.cancel();
        turn.destroy();
      }
    },
    closed(failure) {
      if (over) return;
      over = true;
      const last = failure === undefined ? '' : reply.fail(failure);
      const text = `${head}${last === '' || !isChunked ? last : chunkOf(last)}`;
      const encoding = last === '' ? 'ascii' : 'utf8';
      turn.finish(isChunked ? `${text}0\r\n${headerLines(reply.trailers())}\r\n` : text, encoding, behind);
    },
  });
}

function headOf(turn: Turn, reply: StreamReply, isChunked: boolean, behind: Behind): string {
  const framing = isChunked ? `trailer: ${reply.trailerNames}\r\ntransfer-encoding: chunked\r\n` : '';
  const lines = headerLines(reply.headers);
  const closing = turn.closingLines(turn.stays(behind));
  return `${statusLine(200)}content-type: ${reply.contentType}\r\n${lines}${framing}${closing}\r\n`;
}

/** @returns false when the client takes no more for now */
function writeChunk(turn: Turn, head: string, bytes: Bytes): boolean {
  if (typeof bytes === 'string') {
    return turn.write(head + chunkOf(bytes), 'utf8');
  }
  const before = `${head}${bytes.length.toString(16)}\r\n`;
  const text = latin1Of(bytes);
  if (text !== undefined) return turn.write(`${before}${text}\r\n`, 'latin1');
  turn.write(before, 'latin1');
  turn.write(bytes, 'latin1');
  return turn.write('\r\n', 'latin1');
}

const chunkOf = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

function writePlain(turn: Turn, head: string, bytes: Bytes): boolean {
  if (head !== '') turn.write(head, 'latin1');
  return turn.write(bytes, 'utf8');
}
