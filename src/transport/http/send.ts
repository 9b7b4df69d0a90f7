/** A reply onto a turn: headers and body in one write to the kernel, which is one string wherever that can be. */
import type { WholeReply } from './reply.ts';
import { headerLines, statusLine } from './wire/response-head.ts';
import type { Behind, Turn } from './wire/turn.ts';

export function sendReply(turn: Turn, reply: WholeReply, behind: Behind): void {
  if (turn.isGone || turn.hasSaid) return;
  const { body } = reply;
  const isText = typeof body === 'string';
  const sizeBytes = isText ? Buffer.byteLength(body) : body.byteLength;
  const head = `${statusLine(reply.status)}content-type: ${reply.contentType}\r\ncontent-length: ${sizeBytes}\r\n${
    reply.headers === undefined ? '' : headerLines(reply.headers)
  }${turn.closingLines(turn.stays(behind))}\r\n`;
  if (turn.head.method === 'HEAD') {
    turn.finish(head, 'latin1', behind);
  } else if (isText) {
    // A string of ASCII is bytes one to one.
    turn.finish(head + body, sizeBytes === body.length ? 'latin1' : 'utf8', behind);
  } else {
    const text = latin1Of(body);
    if (text === undefined) turn.write(head, 'latin1');
    turn.finish(text === undefined ? body : head + text, 'latin1', behind);
  }
}

/** Longer than this, copying costs more than a second piece. */
const MAX_COPIED_BYTES = 65_536;

/**
 * Each byte as a character: Node writes one string in a cheaper call than strings and buffers side by side.
 * @returns undefined: it is too long for that to be so
 */
export function latin1Of(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_COPIED_BYTES) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
