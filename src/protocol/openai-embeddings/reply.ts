/** The document of `POST /v1/embeddings` ⇄ a reply. Source: API reference, "The embedding object". */
import type { EmbeddingRequest } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { EmbeddingReply } from '../../core/reply.ts';
import { asObject, invalid } from '../fields.ts';
import { readUsage } from '../openai-chat/usage.ts';
import { listAt, textAt } from '../vendor-document.ts';
import { base64Of, floatsOf } from './vector.ts';

/** Vectors stay as they were written; `index` says which input each is of. */
export function readReply(json: Json): EmbeddingReply {
  const body = asObject(json, '');
  const data = listAt(body, 'data');
  if (data.length === 0) throw invalid('data', 'must hold a vector');
  const vectors = new Array<EmbeddingReply['vectors'][number]>(data.length);
  for (const [position, item] of data.entries()) {
    const at = `data[${position}]`;
    if (!isJsonObject(item)) throw invalid(at, 'must be an object');
    const index = item['index'] ?? position;
    if (typeof index !== 'number' || !(index in data) || vectors[index] !== undefined) {
      throw invalid(`${at}.index`, `must count from 0 to ${data.length - 1}, each once`);
    }
    vectors[index] = readVector(item['embedding'], `${at}.embedding`);
  }
  const tokens = readUsage(body['usage'], undefined);
  return {
    kind: 'embedding',
    model: textAt(body, 'model') ?? '',
    vectors,
    usage: tokens === undefined ? { kind: 'unknown' } : { kind: 'exact', tokens: { ...tokens, output: 0 } },
  };
}

function readVector(vector: Json | undefined, at: string): readonly number[] | string {
  if (typeof vector === 'string' && vector !== '') return vector;
  if (Array.isArray(vector) && vector.length > 0 && vector.every((value) => typeof value === 'number')) return vector;
  throw invalid(at, 'must be a list of numbers, or base64');
}

export function writeReply(reply: EmbeddingReply, request: EmbeddingRequest): JsonObject {
  const { vectors, usage } = reply;
  const input = usage.kind === 'unknown' ? undefined : usage.tokens.input;
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: request.encoding === 'base64' ? base64Of(vector) : floatsOf(vector, `vector ${index}`),
    })),
    model: reply.model === '' ? (request.model ?? '') : reply.model,
    ...(input === undefined ? undefined : { usage: { prompt_tokens: input, total_tokens: input } }),
  };
}
