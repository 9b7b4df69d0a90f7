/** The short way from a client of chat completions to an endpoint that speaks them too. */
import type { SameProtocol } from '../protocol.ts';
import type { ChatDialect } from './dialect.ts';
import { patchRequest } from './patch-request.ts';
import { createRelay } from './relay.ts';

export function openAiChatSame(dialect: ChatDialect): SameProtocol {
  return { patchRequest: (request, as) => patchRequest(request, as, dialect), createRelay };
}
