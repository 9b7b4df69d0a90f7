/**
 * Owns Amazon Bedrock's Converse and ConverseStream. May import core. Fails by name: what a model of Bedrock cannot be
 * asked is `unsupported`, a document that is no reply is `invalid_request`, a bad event is an `error` of the stream.
 */
import { Failure } from '../../core/failure.ts';
import type { GenerationRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { writeConverse } from './request.ts';

/** @throws Failure `unsupported` that names what the model cannot be asked */
export function writeConverseRequest(request: GenerationRequest, model: string, maxOutputTokens: number): JsonObject {
  const { body, refused } = writeConverse(request, model, maxOutputTokens);
  if (refused.length > 0) throw new Failure('unsupported', `${model} on Bedrock cannot do: ${refused.join(', ')}`);
  return body;
}
