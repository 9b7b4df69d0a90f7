/** Frames as AWS's own codec writes them. */
import { EventStreamCodec } from '@smithy/eventstream-codec';

export const CODEC: EventStreamCodec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

type Headers = Parameters<EventStreamCodec['encode']>[0]['headers'];

export function frame(headers: Headers, body: Uint8Array | string): Buffer {
  return Buffer.from(CODEC.encode({ headers, body: typeof body === 'string' ? Buffer.from(body) : body }));
}

export function eventFrame(type: string, document: unknown): Buffer {
  const headers: Headers = {
    ':event-type': { type: 'string', value: type },
    ':content-type': { type: 'string', value: 'application/json' },
    ':message-type': { type: 'string', value: 'event' },
  };
  return frame(headers, JSON.stringify(document));
}

export function exceptionFrame(type: string, document: unknown): Buffer {
  const headers: Headers = {
    ':exception-type': { type: 'string', value: type },
    ':content-type': { type: 'string', value: 'application/json' },
    ':message-type': { type: 'string', value: 'exception' },
  };
  return frame(headers, JSON.stringify(document));
}
