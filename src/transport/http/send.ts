/** A reply onto a response: headers and body in one write; a body that nobody read does not cost the client the reply. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { endJoined } from './joined-write.ts';
import type { WholeReply } from './reply.ts';

/** Bytes of an unread body that are thrown away before the connection is cut. */
const MAX_DISCARD_BYTES = 32 * 1024 * 1024;
const MAX_DISCARD_MS = 2000;

export interface SendOptions {
  /** Close the connection behind this reply. */
  readonly close: boolean;
  /** A body is still coming that is too long to wait for. */
  readonly linger: boolean;
}

export function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: WholeReply,
  options: SendOptions,
): void {
  if (response.destroyed || response.headersSent) return;
  const headers = ['content-type', reply.contentType, 'content-length', String(bodyBytes(reply.body))];
  if (options.close || options.linger) headers.push('connection', 'close');
  for (const name in reply.headers) headers.push(name, reply.headers[name] ?? '');
  response.writeHead(reply.status, headers);
  if (options.linger) discard(request, response, reply.body);
  else endJoined(response, reply.body);
}

const bodyBytes = (body: string | Uint8Array): number =>
  typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;

/**
 * Closing a socket with bytes unread makes the kernel reset it, and the client may lose the reply that tells it why.
 * So the reply goes out whole, and what still comes is read and forgotten, within bounds.
 */
function discard(request: IncomingMessage, response: ServerResponse, body: string | Uint8Array): void {
  response.write(body);
  let leftBytes = MAX_DISCARD_BYTES;
  const finish = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, MAX_DISCARD_MS);
  request.on('data', (chunk: Uint8Array) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) finish();
  });
  request.once('end', finish);
  request.once('close', finish);
  request.resume();
}
