/** OpenAI's Responses API as a provider speaks it, for requests that came in another protocol. */
import { readError } from '../openai-chat/read-error.ts';
import type { VendorProtocol } from '../protocol.ts';
import { readReply } from './read-reply.ts';
import { createStreamReader } from './read-stream.ts';
import { unsupported } from './unsupported.ts';
import { writeRequest } from './write-request.ts';

export const openAiResponsesVendor: VendorProtocol = {
  unsupported,
  writeRequest,
  readReply,
  createStreamReader,
  readError,
};
