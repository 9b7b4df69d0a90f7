/** The body of a request as JSON: of the right type, not compressed, within its bound, of a client that is still there. */
import { Failure } from '../../core/failure.ts';
import type { Exchange } from './exchange.ts';
import { parseJson } from './json-text.ts';

/**
 * The body of a request that must be JSON and say so: a web page cannot send that unasked.
 * @throws Failure `unsupported_media_type`, `too_large`, `invalid_request`, `cancelled`
 */
export async function readJson(exchange: Exchange, limitBytes: number): Promise<unknown> {
  const mediaType = exchange.header('content-type');
  if (mediaType === undefined || !isJson(mediaType)) {
    const said = mediaType === undefined ? 'none' : `"${mediaType.slice(0, 64)}"`;
    throw new Failure('unsupported_media_type', `content-type: must be application/json (actual: ${said})`);
  }
  refuseEncoding(exchange);
  const bytes = await exchange.read(limitBytes);
  if (exchange.isGone()) throw new Failure('cancelled', 'the client left before the decision was made');
  return parseJson('body', bytes);
}

/** @throws Failure `unsupported_media_type` for a compressed body */
export function refuseEncoding(exchange: Exchange): void {
  const encoding = exchange.header('content-encoding');
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new Failure(
    'unsupported_media_type',
    `content-encoding: must be identity (actual: "${encoding.slice(0, 64)}")`,
  );
}

const isJson = (mediaType: string): boolean =>
  mediaType === 'application/json' || /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(mediaType);
