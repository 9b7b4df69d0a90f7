/** OpenAI's Responses API as a provider speaks it, for requests that came in another protocol. */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { readError as readErrorOfStatus } from '../openai-chat/read-error.ts';
import type { VendorProtocol } from '../protocol.ts';
import { readRetryAfterMs } from '../retry-after.ts';
import { readReply } from './read-reply.ts';
import { createStreamReader } from './read-stream.ts';
import { readFailed } from './response-meter.ts';
import { unsupported } from './unsupported.ts';
import { writeRequest } from './write-request.ts';

export const openAiResponsesVendor: VendorProtocol = {
  unsupported,
  writeRequest,
  readReply,
  createStreamReader,
  readError,
};

/** A response may fail under a good status, which then says nothing. */
function readError(status: number, header: (name: string) => string | undefined, body: Json): AttemptFailure {
  if (status > 299 || !isJsonObject(body)) return readErrorOfStatus(status, header, body);
  const retryAfterMs = readRetryAfterMs(header);
  return { ...readFailed(body), status, ...(retryAfterMs === undefined ? undefined : { retryAfterMs }) };
}
