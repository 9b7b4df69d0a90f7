/** One small JSON document over HTTP, for the tokens of Google: bounded in size and time. */
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { HttpCall, HttpClient } from '../http/http-exchange.ts';
import { joined, parsed } from '../http-body.ts';

export interface DocumentRequest {
  readonly url: URL;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** With it, the request is a POST. */
  readonly body?: string;
}

const MAX_BYTES = 64 * 1024;
const CONNECT_MS = 5_000;
const TOTAL_MS = 15_000;

/** @throws Failure `unavailable` that quotes nothing of the answer but its status and Google's code of the error */
export function fetchDocument(client: HttpClient, { url, headers, body }: DocumentRequest): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    let status = 0;
    const refuse = (why: string): void => reject(new Failure('unavailable', `no token from ${url.host}: ${why}`));
    const call: HttpCall = {
      origin: url.origin,
      method: body === undefined ? 'GET' : 'POST',
      path: `${url.pathname}${url.search}`,
      headers,
      ...(body === undefined ? undefined : { body }),
      connectTimeoutMs: CONNECT_MS,
      signal: AbortSignal.timeout(TOTAL_MS),
    };
    const exchange = client.send(call, {
      head(answered) {
        status = answered;
      },
      data(chunk) {
        size += chunk.length;
        if (size <= MAX_BYTES) {
          chunks.push(chunk);
          return;
        }
        refuse(`it answered with more than ${MAX_BYTES} bytes`);
        exchange.cancel();
      },
      end() {
        const document = parsed(joined(chunks));
        if (status !== 200) refuse(`it answered with status ${status}${codeOf(document)}`);
        else if (!isJsonObject(document)) refuse('it answered with something else than a JSON object');
        else resolve(document);
      },
      failed: ({ message }) => refuse(message),
    });
  });
}

/** Such as `invalid_grant`; the sentence beside it may quote what was sent. */
function codeOf(document: unknown): string {
  const code = isJsonObject(document) ? document['error'] : undefined;
  return typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? ` (${code})` : '';
}
