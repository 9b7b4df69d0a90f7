/** The bytes of a request's body, bounded while they arrive. */
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../core/failure.ts';

const EMPTY = new Uint8Array(0);

/**
 * @param limitBytes checked on `content-length` before anything is read, and on what arrives
 * @param onWanted told when the declared length is within the bound, before anything is read
 * @throws Failure `too_large`; `cancelled` when the client leaves before the end
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  onWanted: (() => void) | undefined,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (declaredBytes(request) > limitBytes) {
      reject(tooLarge(`of ${declaredBytes(request)} bytes`, limitBytes));
      return;
    }
    onWanted?.();
    let first: Uint8Array | undefined;
    let chunks: Uint8Array[] | undefined;
    let sizeBytes = 0;
    const onData = (chunk: Uint8Array): void => {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) {
        request.off('data', onData);
        reject(tooLarge('longer than its bound', limitBytes));
      } else if (first === undefined) {
        first = chunk;
      } else {
        chunks ??= [first];
        chunks.push(chunk);
      }
    };
    // Every request closes in the end; a Failure, which costs a stack, is made only for those that did not end before.
    const onLeft = (): void => {
      if (!request.readableEnded) reject(new Failure('cancelled', 'the client left before the end of the body'));
    };
    request.on('data', onData);
    request.once('end', () => resolve(chunks === undefined ? (first ?? EMPTY) : Buffer.concat(chunks, sizeBytes)));
    request.once('error', onLeft);
    request.once('close', onLeft);
  });
}

/** @returns 0 when the request does not declare a length */
export function declaredBytes(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}

const tooLarge = (what: string, limitBytes: number): Failure =>
  new Failure('too_large', `body: ${what}, at most ${limitBytes} bytes`);
