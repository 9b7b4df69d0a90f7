/**
 * `countTokens` of Google: the Gemini API takes the whole request of generateContent, Vertex AI its fields.
 * Format: https://ai.google.dev/api/tokens.
 */
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { TokenCountReply } from '../../core/reply.ts';
import { countAt } from '../vendor-document.ts';

/** @param generateContent body of generateContent */
export function countTokensBody(generateContent: JsonObject, api: 'gemini' | 'vertex', model: string): JsonObject {
  if (api === 'gemini') return { generateContentRequest: { model: `models/${model}`, ...generateContent } };
  const { contents, systemInstruction, tools } = generateContent;
  return {
    contents,
    ...(systemInstruction === undefined ? undefined : { systemInstruction }),
    ...(tools === undefined ? undefined : { tools }),
  };
}

/** @throws Failure `invalid_request` where the document is no reply */
export function readTokenCount(body: Json): TokenCountReply {
  const inputTokens = countAt(isJsonObject(body) ? body : undefined, 'totalTokens');
  if (inputTokens === undefined) throw new Failure('invalid_request', 'no reply of countTokens: it has no totalTokens');
  return { kind: 'token_count', inputTokens, source: 'exact' };
}
