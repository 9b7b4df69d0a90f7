/** What OpenAI's API and those that speak it share: who is asked where, and how the answer is read. */
import type { EmbeddingRequest, GenerationRequest, ModelRequest, TokenCountRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { TokenCountReply } from '../../core/reply.ts';
import { estimateInputTokens } from '../../core/token-estimate.ts';
import type { ProviderCall } from '../../executor/provider.ts';
import { openAiEmbeddingsVendor } from '../../protocol/openai-embeddings/embeddings.ts';
import { askGeneration, type Spoken, unsayable, type Where } from '../spoken.ts';
import type { Credentials, Question, Vendor } from '../vendor.ts';

export type Endpoint = 'chat/completions' | 'responses' | 'embeddings';

export interface OpenAiApi {
  readonly credentials: Credentials;
  readonly chat: Spoken;
  /** Absent: requests of the Responses API are translated into chat completions. */
  readonly responses?: Spoken;
  /** @param model as the target names it */
  where(endpoint: Endpoint, model: string): Where;
  /** As the body names it. */
  nameOf(model: string): string;
  /** What this vendor spells in its own way. */
  adapt?(body: JsonObject): JsonObject;
}

export function createOpenAiApi(api: OpenAiApi): Vendor {
  const spokenFor = ({ protocol }: GenerationRequest): Spoken =>
    protocol === 'openai-responses' ? (api.responses ?? api.chat) : api.chat;
  return {
    credentials: api.credentials,
    unsupported(request: ModelRequest) {
      switch (request.kind) {
        case 'generation':
          return unsayable(spokenFor(request), request);
        case 'embedding':
          return openAiEmbeddingsVendor.unsupported(request);
        case 'token_count':
          return [];
      }
    },
    ask(call) {
      const { request } = call;
      switch (request.kind) {
        case 'generation':
          return ask(api, spokenFor(request), request, call);
        case 'embedding':
          return askEmbedding(api, request, call.model);
        case 'token_count':
          return estimated(request);
      }
    },
  };
}

function ask(api: OpenAiApi, spoken: Spoken, request: GenerationRequest, call: ProviderCall): Question {
  const endpoint = spoken === api.chat ? 'chat/completions' : 'responses';
  const where = api.where(endpoint, call.model);
  return askGeneration(spoken, request, call, api.nameOf(call.model), where, api.adapt?.bind(api));
}

function askEmbedding(api: OpenAiApi, request: EmbeddingRequest, model: string): Question {
  const { writeRequest, patchRequest, readReply, readError } = openAiEmbeddingsVendor;
  const name = api.nameOf(model);
  const { protocol } = request;
  const isSame = protocol === 'openai-chat';
  return {
    ...api.where('embeddings', model),
    body: isSame ? patchRequest(request, name) : writeRequest(request, name),
    answer: {
      kind: 'whole',
      read(body, bytes) {
        const reply = readReply(body);
        return isSame ? { ...reply, raw: { protocol, bytes } } : reply;
      },
    },
    readError,
  };
}

/** Nobody who speaks this API is asked for counts: not all have the question. */
const estimated = (request: TokenCountRequest): TokenCountReply => ({
  kind: 'token_count',
  inputTokens: estimateInputTokens(request),
  source: 'estimated',
});
