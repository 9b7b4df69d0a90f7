/** Wires the model front doors: each protocol's reading and writing over the one gateway. */
import type { Gateway } from './flows/gateway.ts';
import { anthropicFront } from './protocol/anthropic/front.ts';
import { readTokenCountRequest } from './protocol/anthropic/token-count.ts';
import { openAiChatFront } from './protocol/openai-chat/front.ts';
import { openAiEmbeddingsFront } from './protocol/openai-embeddings/embeddings.ts';
import { openAiResponsesFront } from './protocol/openai-responses/front.ts';
import { createAnthropicRoutes } from './transport/anthropic/routes.ts';
import type { ModelCallOptions } from './transport/http/model-call.ts';
import { createModelRoutes, type ModelRoutes } from './transport/http/model-routes.ts';
import { createOpenAiRoutes } from './transport/openai/routes.ts';

export function composeFrontDoors(gateway: Gateway, options: ModelCallOptions): ModelRoutes {
  const protocols = { chat: openAiChatFront, responses: openAiResponsesFront, embeddings: openAiEmbeddingsFront };
  return createModelRoutes(
    createOpenAiRoutes(gateway, protocols, options),
    createAnthropicRoutes(gateway, { ...anthropicFront, readCountRequest: readTokenCountRequest }, options),
  );
}
