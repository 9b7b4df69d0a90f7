/**
 * Embeddings on Bedrock are each maker's own document behind InvokeModel: Titan and Nova take one text, Cohere a list.
 * Formats: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html,
 * model-parameters-embed.html (Cohere) and the Nova guide, "Multimodal embeddings".
 */
import { Failure } from '../../core/failure.ts';
import type { EmbeddingRequest } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { EmbeddingReply } from '../../core/reply.ts';
import type { MeteredUsage } from '../../core/usage.ts';
import { readVector } from '../read-vector.ts';
import { countAt, listAt, objectAt } from '../vendor-document.ts';

type Maker = 'titan_v1' | 'titan_v2' | 'titan_image' | 'cohere_v3' | 'cohere_v4' | 'nova' | 'unknown';

export interface WrittenEmbedding {
  readonly body: JsonObject;
  /** What it cannot say; empty: all is said. */
  readonly refused: readonly string[];
}

/** Cohere's bound. */
const MAX_TEXTS = 96;

export function writeEmbedding(request: EmbeddingRequest, model: string): WrittenEmbedding {
  const maker = makerOf(model);
  const refused = [...request.unkept];
  const texts: string[] = [];
  for (const input of request.inputs) if (typeof input === 'string') texts.push(input);
  if (texts.length < request.inputs.length) refused.push('token ids as input');
  if (maker === 'unknown') refused.push('embeddings');
  const isCohere = maker === 'cohere_v3' || maker === 'cohere_v4';
  if (!isCohere && request.inputs.length > 1) refused.push('more than one input');
  if (isCohere && request.inputs.length > MAX_TEXTS) refused.push(`more than ${MAX_TEXTS} inputs`);
  const { dimensions } = request;
  if (dimensions !== undefined && (maker === 'titan_v1' || maker === 'cohere_v3')) refused.push('dimensions');
  return { body: bodyOf(maker, texts, dimensions), refused };
}

function makerOf(model: string): Maker {
  if (model.includes('amazon.titan-embed-image')) return 'titan_image';
  if (model.includes('amazon.titan-embed-text-v2')) return 'titan_v2';
  if (model.includes('amazon.titan-embed')) return 'titan_v1';
  if (model.includes('cohere.embed-v4')) return 'cohere_v4';
  if (model.includes('cohere.embed')) return 'cohere_v3';
  if (/amazon\.nova.*embed/.test(model)) return 'nova';
  return 'unknown';
}

function bodyOf(maker: Maker, texts: readonly string[], dimensions: number | undefined): JsonObject {
  const [first = ''] = texts;
  switch (maker) {
    case 'titan_v1':
      return { inputText: first };
    case 'titan_v2':
      return { inputText: first, ...(dimensions === undefined ? undefined : { dimensions }) };
    case 'titan_image':
      return {
        inputText: first,
        ...(dimensions === undefined ? undefined : { embeddingConfig: { outputEmbeddingLength: dimensions } }),
      };
    case 'cohere_v3':
    case 'cohere_v4':
      // What is asked for here says nothing of search; texts to be found are Cohere's general case.
      return {
        texts,
        input_type: 'search_document',
        truncate: 'NONE',
        embedding_types: ['float'],
        ...(dimensions === undefined ? undefined : { output_dimension: dimensions }),
      };
    case 'nova':
      return {
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'GENERIC_INDEX',
          ...(dimensions === undefined ? undefined : { embeddingDimension: dimensions }),
          text: { truncationMode: 'NONE', value: first },
        },
      };
    case 'unknown':
      return {};
  }
}

/**
 * @param countedInput what the header `x-amzn-bedrock-input-token-count` says
 * @throws Failure `invalid_request` where the document is no reply, or has not one vector for each input
 */
export function readEmbedding(
  body: Json,
  request: EmbeddingRequest,
  model: string,
  countedInput: string | undefined,
): EmbeddingReply {
  const vectors = isJsonObject(body) ? vectorsOf(body) : [];
  if (vectors.length !== request.inputs.length)
    throw new Failure('invalid_request', `no reply: ${vectors.length} vectors for ${request.inputs.length} inputs`);
  return { kind: 'embedding', model, vectors, usage: usageOf(body, countedInput) };
}

function vectorsOf(body: JsonObject): readonly (readonly number[])[] {
  if (body['embedding'] !== undefined) return [readVector(body['embedding'])];
  // Cohere's are by type where types were asked for.
  const byType = objectAt(body, 'embeddings');
  const list = byType === undefined ? listAt(body, 'embeddings') : listAt(byType, 'float');
  return list.map((each) => readVector(isJsonObject(each) ? each['embedding'] : each));
}

function usageOf(body: Json, countedInput: string | undefined): MeteredUsage {
  const inBody = countAt(isJsonObject(body) ? body : undefined, 'inputTextTokenCount');
  const inHeader = countedInput !== undefined && /^\d{1,9}$/.test(countedInput) ? Number(countedInput) : undefined;
  const input = inBody ?? inHeader;
  return input === undefined ? { kind: 'unknown' } : { kind: 'exact', tokens: { input, output: 0 } };
}
