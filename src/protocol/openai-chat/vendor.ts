/** OpenAI's chat completions as a provider speaks them, for requests that came in another protocol. */
import type { VendorProtocol } from '../protocol.ts';
import type { ChatDialect } from './dialect.ts';
import { readError } from './read-error.ts';
import { readReply } from './read-reply.ts';
import { createStreamReader } from './read-stream.ts';
import { unsupported } from './unsupported.ts';
import { writeRequest } from './write-request.ts';

export function openAiChatVendor(dialect: ChatDialect): VendorProtocol {
  return {
    unsupported: (request) => unsupported(request, dialect),
    writeRequest: (request, as) => writeRequest(request, as, dialect),
    readReply,
    createStreamReader,
    readError,
  };
}
