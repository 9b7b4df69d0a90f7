/**
 * Owns Anthropic's front door: messages, their token counts, and models, for any client of the Messages API.
 * May import core, flows, protocol and how HTTP reads and replies. Fails as Anthropic's SDKs expect it: every failure is
 * their error document under the status from which they choose the exception class.
 */
import { Failure } from '../../core/failure.ts';
import type { GenerationRequest, TokenCountRequest } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Gateway, ListedModel } from '../../flows/gateway.ts';
import type { FrontProtocol } from '../../protocol/protocol.ts';
import {
  type ErrorWriter,
  type ModelCallOptions,
  type ModelDoor,
  modelCallRoute,
  requireKind,
} from '../http/model-call.ts';
import { listingRoute, modelRoute } from '../http/model-listing.ts';
import type { AnthropicRoutes } from '../http/model-routes.ts';

export interface MessagesProtocol extends FrontProtocol {
  /** As `readRequest`, of a body that asks for no answer and so bounds none. */
  readCountRequest(body: Json): TokenCountRequest;
}

export function createAnthropicRoutes(
  gateway: Gateway,
  protocol: MessagesProtocol,
  options: ModelCallOptions,
): AnthropicRoutes {
  const errors: ErrorWriter = {
    requestIdHeader: 'request-id',
    writeError: (failure, status) => protocol.writeError(failure, status),
  };
  const messages: ModelDoor<'POST /v1/messages'> = {
    ...errors,
    readRequest: (body, header) => withBetas(protocol.readRequest(body), header('anthropic-beta')),
    writeReply: (reply, request) => protocol.writeReply(requireKind(reply, 'generation'), request),
    createStreamWriter: (request, identity) => protocol.createStreamWriter(request, identity),
  };
  const counting: ModelDoor<'POST /v1/messages/count_tokens'> = {
    ...errors,
    readRequest(body, header) {
      const { kind, generation } = protocol.readCountRequest(body);
      return { kind, generation: withBetas(generation, header('anthropic-beta')) };
    },
    writeReply: (reply) => ({ input_tokens: requireKind(reply, 'token_count').inputTokens }),
    createStreamWriter() {
      throw new Failure('internal', 'a count of tokens is never streamed');
    },
  };
  const createdAt = new Date(options.nowMs()).toISOString();
  const model = ({ id }: ListedModel): JsonObject => ({
    type: 'model',
    id,
    display_name: id,
    // Nobody says since when a name is in the catalogue; SDKs want a moment.
    created_at: createdAt,
  });
  return {
    'POST /v1/messages': modelCallRoute(gateway, messages, options),
    'POST /v1/messages/count_tokens': modelCallRoute(gateway, counting, options),
    'GET /v1/models': listingRoute(gateway, errors, (models) => ({
      data: models.map(model),
      has_more: false,
      first_id: models[0]?.id ?? null,
      last_id: models.at(-1)?.id ?? null,
    })),
    'GET /v1/models/{path}': modelRoute(gateway, errors, model),
  };
}

const BETAS = /^[\w.-]{1,64}(?: *, *[\w.-]{1,64}){0,31}$/;

/** `anthropic-beta: name,name`, as the SDK's `betas` are sent. */
function withBetas(request: GenerationRequest, said: string | undefined): GenerationRequest {
  if (said === undefined) return request;
  if (!BETAS.test(said)) {
    throw new Failure('invalid_request', 'header anthropic-beta: must be at most 32 names with commas between');
  }
  return { ...request, betas: said.split(',').map((name) => name.trim()) };
}
