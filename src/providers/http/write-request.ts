/**
 * A request in one write to the kernel. Node writes a string of Latin-1 in its cheapest way, and such a string is bytes
 * one to one: so goes a body of ASCII. Any other is put behind its head in one piece of memory.
 */
import type { Socket } from 'node:net';

/** Longer than this, to copy bytes costs more than a second piece. */
const MAX_COPIED_BYTES = 64 * 1024;

/** @returns undefined where there is none */
export function bodyBytesOf(body: string | Uint8Array | undefined): number | undefined {
  if (body === undefined || body.length === 0) return undefined;
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}

/** @param head Latin-1 @param bodyBytes as `bodyBytesOf` counts them, or 0 */
export function writeRequest(
  socket: Socket,
  head: string,
  body: string | Uint8Array | undefined,
  bodyBytes: number,
): void {
  if (body === undefined || bodyBytes === 0) socket.write(head, 'latin1');
  else if (typeof body === 'string') {
    // As many bytes as characters: all of it is ASCII.
    if (body.length === bodyBytes) socket.write(head + body, 'latin1');
    else {
      const bytes = Buffer.allocUnsafe(head.length + bodyBytes);
      bytes.write(head, 0, 'latin1');
      bytes.write(body, head.length, 'utf8');
      socket.write(bytes);
    }
  } else if (bodyBytes <= MAX_COPIED_BYTES) {
    const bytes = Buffer.allocUnsafe(head.length + bodyBytes);
    bytes.write(head, 0, 'latin1');
    bytes.set(body, head.length);
    socket.write(bytes);
  } else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
  }
}
