/** The least that a protocol can be, so that what HTTP does is seen by itself. */
import { Failure } from '../../../../src/core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../../src/core/json.ts';
import type { Gateway } from '../../../../src/flows/gateway.ts';
import type { FrontProtocol } from '../../../../src/protocol/protocol.ts';
import { createAnthropicRoutes } from '../../../../src/transport/anthropic/routes.ts';
import type { ModelCallOptions } from '../../../../src/transport/http/model-call.ts';
import { createModelRoutes, type ModelRoutes } from '../../../../src/transport/http/model-routes.ts';
import { createOpenAiRoutes } from '../../../../src/transport/openai/routes.ts';
import { embedding, generation } from '../../../support/model-requests.ts';

const fields = (body: Json): JsonObject => {
  if (!isJsonObject(body)) throw new Failure('invalid_request', 'body: must be an object');
  return body;
};

function plainProtocol(protocol: 'openai-chat' | 'openai-responses' | 'anthropic-messages'): FrontProtocol {
  return {
    readRequest: (body) => generation({ protocol, stream: fields(body)['stream'] === true, body: fields(body) }),
    writeReply: (reply) => ({ id: reply.id, kinds: reply.content.map((part) => part.kind) }),
    createStreamWriter: (_request, { id }) => ({
      write: (event) =>
        event.kind === 'text' ? `data: ${event.text}\n\n` : event.kind === 'end' ? `data: end ${id}\n\n` : '',
      fail: (failure) => `event: error\ndata: ${failure.code}\n\n`,
    }),
    writeError: ({ code, message }, status) => ({
      ...(protocol === 'anthropic-messages' ? { type: 'error' } : undefined),
      error: { type: `status_${status}`, code, message },
    }),
  };
}

export function plainRoutes(gateway: Gateway, options: Partial<ModelCallOptions> = {}): ModelRoutes {
  const all = { maxBodyBytes: 65_536, nowMs: Date.now, ...options };
  const messages = plainProtocol('anthropic-messages');
  return createModelRoutes(
    createOpenAiRoutes(
      gateway,
      {
        chat: plainProtocol('openai-chat'),
        responses: plainProtocol('openai-responses'),
        embeddings: {
          readRequest: (body) => embedding({ protocol: 'openai-chat', body: fields(body) }),
          writeReply: ({ model }) => ({ model }),
        },
      },
      all,
    ),
    createAnthropicRoutes(
      gateway,
      { ...messages, readCountRequest: (body) => ({ kind: 'token_count', generation: messages.readRequest(body) }) },
      all,
    ),
  );
}
