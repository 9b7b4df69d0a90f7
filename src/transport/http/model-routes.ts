/** The model front doors as the server mounts them, and how each of their routes is found under the paths SDKs send. */
import type { Failure } from '../../core/failure.ts';
import type { Exchange } from './exchange.ts';
import type { ModelRouteName } from './operations.ts';
import type { Reply } from './reply.ts';

/** One route of a front door. Errors are in the words of its protocol, also those that the server itself finds. */
export interface ModelRoute {
  answer(exchange: Exchange): Promise<Reply>;
  refuse(failure: Failure): Reply;
}

export type ModelRoutes = Readonly<Record<ModelRouteName, ModelRoute>>;

type Listing = 'GET /v1/models' | 'GET /v1/models/{path}';
/** What a front door that speaks of models in its own shape gives. */
export type ListingRoutes = Readonly<Record<Listing, ModelRoute>>;
type Calls<Prefix extends string> = Readonly<Record<Extract<Exclude<ModelRouteName, Listing>, Prefix>, ModelRoute>>;

export type OpenAiRoutes = ListingRoutes &
  Calls<'POST /v1/chat/completions' | 'POST /v1/responses' | 'POST /v1/embeddings'>;
export type AnthropicRoutes = ListingRoutes & Calls<'POST /v1/messages' | 'POST /v1/messages/count_tokens'>;

/** Both doors under one roof: models are told in Anthropic's shape to who says `anthropic-version`. */
export function createModelRoutes(openAi: OpenAiRoutes, anthropic: AnthropicRoutes): ModelRoutes {
  const either = (name: Listing): ModelRoute => ({
    answer: (exchange) =>
      (exchange.header('anthropic-version') === undefined ? openAi : anthropic)[name].answer(exchange),
    refuse: (failure) => openAi[name].refuse(failure),
  });
  return {
    ...openAi,
    ...anthropic,
    'GET /v1/models': either('GET /v1/models'),
    'GET /v1/models/{path}': either('GET /v1/models/{path}'),
  };
}

const DOUBLED = '/v1/v1/';

/**
 * SDKs put their paths behind the base URL, and people write it with `/v1` or without.
 * @returns the path as the table has it, or undefined where it is as it should be
 */
export function modelPathOf(url: string): string | undefined {
  if (url.startsWith(DOUBLED)) return url.slice('/v1'.length);
  return url.startsWith('/') && !url.startsWith('/v1/') ? `/v1${url}` : undefined;
}
