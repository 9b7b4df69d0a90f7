/**
 * Owns OpenAI's embeddings, as a front door and as a provider. May import core, the shared files of protocol, and errors
 * and usage of `openai-chat`, which are the same. What cannot be read is a Failure that names the field. Requests say
 * that they are of `openai-chat`: OpenAI's older API is one protocol, whatever it is asked.
 */
import type { EmbeddingRequest } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { EmbeddingReply } from '../../core/reply.ts';
import { readError } from '../openai-chat/read-error.ts';
import type { VendorProtocol } from '../protocol.ts';
import { readRequest } from './read-request.ts';
import { readReply, writeReply } from './reply.ts';
import { patchRequest, unsupported, writeRequest } from './request.ts';

export interface EmbeddingsFront {
  /** @throws Failure `invalid_request` or `too_large`, each with the field's name */
  readRequest(body: Json): EmbeddingRequest;
  /** In the encoding that was asked for. */
  writeReply(reply: EmbeddingReply, request: EmbeddingRequest): JsonObject;
}

export interface EmbeddingsVendor {
  /** What of a request it cannot say, by name; empty: it can. */
  unsupported(request: EmbeddingRequest): readonly string[];
  /** @throws Failure `unsupported` where `unsupported` is not empty */
  writeRequest(request: EmbeddingRequest, model: string): JsonObject;
  /** Of a request of the same protocol: the body as it arrived, with the model replaced. */
  patchRequest(request: EmbeddingRequest, model: string): JsonObject;
  /** @throws Failure `invalid_request` where the document is no reply */
  readReply(body: Json): EmbeddingReply;
  readonly readError: VendorProtocol['readError'];
}

export const openAiEmbeddingsFront: EmbeddingsFront = { readRequest, writeReply };

export const openAiEmbeddingsVendor: EmbeddingsVendor = {
  unsupported,
  writeRequest,
  patchRequest,
  readReply,
  readError,
};
