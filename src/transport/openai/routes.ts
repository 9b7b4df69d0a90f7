/**
 * Owns OpenAI's front door: chat completions, responses, embeddings and models, for any client of OpenAI's API.
 * May import core, flows, protocol and how HTTP reads and replies. Fails as OpenAI's SDKs expect it: every failure is
 * their error document under the status from which they choose the exception class.
 */
import { Failure } from '../../core/failure.ts';
import type { EmbeddingRequest } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { EmbeddingReply } from '../../core/reply.ts';
import type { Gateway } from '../../flows/gateway.ts';
import type { FrontProtocol } from '../../protocol/protocol.ts';
import {
  type ErrorWriter,
  type ModelCallOptions,
  type ModelDoor,
  modelCallRoute,
  requireKind,
} from '../http/model-call.ts';
import { listingRoute, modelRoute } from '../http/model-listing.ts';
import type { OpenAiRoutes } from '../http/model-routes.ts';

/** What of the protocols this door needs. */
export interface OpenAiProtocols {
  readonly chat: FrontProtocol;
  readonly responses: FrontProtocol;
  readonly embeddings: EmbeddingProtocol;
}

export interface EmbeddingProtocol {
  /** @throws Failure `invalid_request`, `unsupported` or `too_large`, each with the field's name */
  readRequest(body: Json): EmbeddingRequest;
  writeReply(reply: EmbeddingReply, request: EmbeddingRequest): JsonObject;
}

export function createOpenAiRoutes(
  gateway: Gateway,
  { chat, responses, embeddings }: OpenAiProtocols,
  options: ModelCallOptions,
): OpenAiRoutes {
  const errors: ErrorWriter = { requestIdHeader: 'x-request-id', writeError: chat.writeError };
  const embeddingDoor: ModelDoor<'POST /v1/embeddings'> = {
    ...errors,
    readRequest: (body) => embeddings.readRequest(body),
    writeReply: (reply, request) => embeddings.writeReply(requireKind(reply, 'embedding'), request),
    createStreamWriter() {
      throw new Failure('internal', 'embeddings are never streamed');
    },
  };
  const created = Math.floor(options.nowMs() / 1000);
  const model = ({ id, ownedBy }: { readonly id: string; readonly ownedBy: string }): JsonObject => ({
    id,
    object: 'model',
    // Nobody says since when a name is in the catalogue; SDKs want a number.
    created,
    owned_by: ownedBy,
  });
  return {
    'POST /v1/chat/completions': modelCallRoute<'POST /v1/chat/completions'>(gateway, door(chat), options),
    'POST /v1/responses': modelCallRoute<'POST /v1/responses'>(gateway, door(responses), options),
    'POST /v1/embeddings': modelCallRoute(gateway, embeddingDoor, options),
    'GET /v1/models': listingRoute(gateway, errors, (models) => ({ object: 'list', data: models.map(model) })),
    'GET /v1/models/{path}': modelRoute(gateway, errors, model),
  };
}

function door(protocol: FrontProtocol): ModelDoor<'POST /v1/chat/completions' | 'POST /v1/responses'> {
  return {
    requestIdHeader: 'x-request-id',
    readRequest: (body) => protocol.readRequest(body),
    writeReply: (reply, request) => protocol.writeReply(requireKind(reply, 'generation'), request),
    createStreamWriter: (request, identity) => protocol.createStreamWriter(request, identity),
    writeError: (failure, status) => protocol.writeError(failure, status),
  };
}
