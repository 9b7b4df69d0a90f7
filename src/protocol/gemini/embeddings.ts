/**
 * Embeddings of Google: `batchEmbedContents` of the Gemini API, `predict` of Vertex AI.
 * Formats: https://ai.google.dev/api/embeddings,
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api.
 */
import { Failure } from '../../core/failure.ts';
import type { EmbeddingRequest } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { EmbeddingReply } from '../../core/reply.ts';
import { readVector } from '../read-vector.ts';
import { countAt, listAt, objectAt } from '../vendor-document.ts';

/** Google's bound of a batch. */
const MAX_INPUTS = { gemini: 100, vertex: 250 } as const;

export function unsupportedEmbedding(
  request: EmbeddingRequest,
  api: 'gemini' | 'vertex',
  model: string,
): readonly string[] {
  const refused = [...request.unkept];
  if (request.inputs.some((input) => typeof input !== 'string')) refused.push('token ids as input');
  // On Vertex, its newest models take one text at a time.
  const most = api === 'vertex' && model.includes('gemini-embedding') ? 1 : MAX_INPUTS[api];
  if (request.inputs.length > most) refused.push(`more than ${most} inputs`);
  return refused;
}

/** @param model as the path names it, without `models/` */
export function writeBatchEmbedContents({ inputs, dimensions }: EmbeddingRequest, model: string): JsonObject {
  const sized = dimensions === undefined ? undefined : { outputDimensionality: dimensions };
  return {
    requests: inputs.map((text) => ({ model: `models/${model}`, content: { parts: [{ text }] }, ...sized })),
  };
}

/** @throws Failure `invalid_request` where the document is no reply, or has not one vector for each input */
export function readBatchEmbedContents(body: Json, { inputs }: EmbeddingRequest, model: string): EmbeddingReply {
  const document = isJsonObject(body) ? body : undefined;
  const vectors = listAt(document, 'embeddings').map((each) => readVector(valuesOf(each)));
  requireOneEach(vectors, inputs);
  const input = countAt(objectAt(document, 'usageMetadata'), 'promptTokenCount');
  const usage = input === undefined ? ({ kind: 'unknown' } as const) : exact(input);
  return { kind: 'embedding', model, vectors, usage };
}

export function writePredict({ inputs, dimensions }: EmbeddingRequest): JsonObject {
  return {
    instances: inputs.map((content) => ({ content })),
    parameters: {
      // A text that is too long is an error, as everywhere else, and not half a vector.
      autoTruncate: false,
      ...(dimensions === undefined ? undefined : { outputDimensionality: dimensions }),
    },
  };
}

/** @throws Failure `invalid_request` where the document is no reply, or has not one vector for each input */
export function readPredict(body: Json, { inputs }: EmbeddingRequest, model: string): EmbeddingReply {
  const document = isJsonObject(body) ? body : undefined;
  let input: number | undefined = 0;
  const vectors = listAt(document, 'predictions').map((each) => {
    const embeddings = objectAt(isJsonObject(each) ? each : undefined, 'embeddings');
    const counted = countAt(objectAt(embeddings, 'statistics'), 'token_count');
    input = input === undefined || counted === undefined ? undefined : input + counted;
    return readVector(embeddings?.['values']);
  });
  requireOneEach(vectors, inputs);
  return { kind: 'embedding', model, vectors, usage: input === undefined ? { kind: 'unknown' } : exact(input) };
}

const exact = (input: number) => ({ kind: 'exact', tokens: { input, output: 0 } }) as const;

const valuesOf = (each: Json): Json | undefined => (isJsonObject(each) ? each['values'] : undefined);

function requireOneEach(vectors: readonly unknown[], inputs: readonly unknown[]): void {
  if (vectors.length !== inputs.length)
    throw new Failure('invalid_request', `no reply: ${vectors.length} vectors for ${inputs.length} inputs`);
}
