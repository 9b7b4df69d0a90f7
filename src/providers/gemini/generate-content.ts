/** What the Gemini API and Vertex AI have in common: generateContent, behind different addresses. */
import { randomUUID } from 'node:crypto';
import { Failure } from '../../core/failure.ts';
import type { EmbeddingRequest, GenerationRequest, ModelRequest } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { ModelReply } from '../../core/reply.ts';
import type { ProviderCall } from '../../executor/provider.ts';
import { unsupportedEmbedding } from '../../protocol/gemini/embeddings.ts';
import { readError } from '../../protocol/gemini/read-error.ts';
import { readGenerateContent } from '../../protocol/gemini/reply.ts';
import { writeGenerateContent } from '../../protocol/gemini/request.ts';
import { createGenerateContentReader } from '../../protocol/gemini/stream.ts';
import { countTokensBody, readTokenCount } from '../../protocol/gemini/token-count.ts';
import { translated } from '../spoken.ts';
import type { Credentials, Question, Vendor } from '../vendor.ts';

export interface GoogleApi {
  readonly name: 'gemini' | 'vertex';
  readonly origin: string;
  readonly credentials: Credentials;
  /** @param operation such as `:countTokens`, with what is asked of it */
  pathOf(model: string, operation: string): string;
  /** Called for requests that it does not refuse. */
  readonly embeddings: {
    readonly operation: string;
    write(request: EmbeddingRequest, model: string): JsonObject;
    read(body: Json, request: EmbeddingRequest, model: string): ModelReply;
  };
}

export function createGoogleVendor(api: GoogleApi): Vendor {
  const { origin, credentials } = api;
  return {
    credentials,
    unsupported: (request, model) => unsupported(api, request, model),
    ask(call): Question {
      const { request, model } = call;
      const refused = request.kind === 'embedding' ? unsupported(api, request, model) : [];
      if (refused.length > 0) throw refusal(model, refused);
      switch (request.kind) {
        case 'generation': {
          const body = written(request, model, call.maxOutputTokens);
          const operation = request.stream ? ':streamGenerateContent?alt=sse' : ':generateContent';
          return { origin, path: api.pathOf(model, operation), body, answer: answerOf(call), readError };
        }
        case 'embedding':
          return {
            origin,
            path: api.pathOf(model, api.embeddings.operation),
            body: api.embeddings.write(request, model),
            answer: { kind: 'whole', read: (document) => api.embeddings.read(document, request, model) },
            readError,
          };
        case 'token_count':
          return {
            origin,
            path: api.pathOf(model, ':countTokens'),
            body: countTokensBody(written(request.generation, model, LEAST_CAP), api.name, model),
            answer: { kind: 'whole', read: readTokenCount },
            readError,
          };
      }
    },
  };
}

/** What can be asked does not hang on the cap of output, of which nothing is known yet. */
const LEAST_CAP = 1;

function unsupported(api: GoogleApi, request: ModelRequest, model: string): readonly string[] {
  switch (request.kind) {
    case 'generation':
      return writeGenerateContent(request, model, LEAST_CAP).refused;
    case 'token_count':
      return writeGenerateContent(request.generation, model, LEAST_CAP).refused;
    case 'embedding':
      return unsupportedEmbedding(request, api.name, model);
  }
}

function written(request: GenerationRequest, model: string, cap: number): JsonObject {
  const { body, refused } = writeGenerateContent(request, model, cap);
  if (refused.length > 0) throw refusal(model, refused);
  return body;
}

const refusal = (model: string, refused: readonly string[]): Failure =>
  new Failure('unsupported', `${model} at Google cannot do: ${refused.join(', ')}`);

function answerOf({ request, model }: ProviderCall): Question['answer'] {
  const nameOf = () => ({ id: randomUUID(), model });
  if (request.kind !== 'generation' || !request.stream)
    return { kind: 'whole', read: (document) => readGenerateContent(document, nameOf()) };
  return {
    kind: 'stream',
    contentType: 'text/event-stream',
    rawProtocol: undefined,
    createReader: () => translated(createGenerateContentReader(nameOf())),
  };
}
