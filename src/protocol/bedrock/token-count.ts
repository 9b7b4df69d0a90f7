/**
 * CountTokens of Bedrock: the same question as Converse, without what bounds the answer.
 * Format: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html.
 */
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { TokenCountReply } from '../../core/reply.ts';
import { countAt } from '../vendor-document.ts';

/** @param converse body of Converse */
export function countTokensBody(converse: JsonObject): JsonObject {
  const { messages, system, toolConfig, additionalModelRequestFields } = converse;
  return {
    input: {
      converse: {
        messages,
        ...(system === undefined ? undefined : { system }),
        ...(toolConfig === undefined ? undefined : { toolConfig }),
        ...(additionalModelRequestFields === undefined ? undefined : { additionalModelRequestFields }),
      },
    },
  };
}

/** @throws Failure `invalid_request` where the document is no reply */
export function readTokenCount(body: Json): TokenCountReply {
  const inputTokens = countAt(isJsonObject(body) ? body : undefined, 'inputTokens');
  if (inputTokens === undefined) throw new Failure('invalid_request', 'no reply of CountTokens: it has no inputTokens');
  return { kind: 'token_count', inputTokens, source: 'exact' };
}
