/** Anthropic's Messages API as a provider speaks it, for requests that came in another protocol. */
import type { VendorProtocol } from '../protocol.ts';
import { readError } from './read-error.ts';
import { readReply } from './read-reply.ts';
import { createStreamReader } from './read-stream.ts';
import { unsupported } from './unsupported.ts';
import { writeRequest } from './write-request.ts';

export const anthropicVendor: VendorProtocol = {
  unsupported,
  writeRequest,
  readReply,
  createStreamReader,
  readError,
};
