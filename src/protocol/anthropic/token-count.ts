/** `POST /v1/messages/count_tokens`, as a front door and as a provider speak it. */
import { Failure } from '../../core/failure.ts';
import type { TokenCountRequest } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { TokenCountReply } from '../../core/reply.ts';
import { countAt } from '../vendor-document.ts';
import { withoutForeignThoughts } from './foreign-thoughts.ts';
import { readPrompt } from './read-request.ts';
import { writeThinking } from './thinking.ts';
import { writePrompt } from './write-request.ts';

/** @throws Failure `invalid_request`, `unsupported` or `too_large`, each with the field's name */
export function readTokenCountRequest(body: Json): TokenCountRequest {
  return { kind: 'token_count', generation: readPrompt(body) };
}

/**
 * The body as it arrived where the caller spoke this protocol.
 * @param model the vendor's name of the model
 * @throws Failure `unsupported` that names what Anthropic cannot do
 */
export function writeTokenCountRequest({ generation }: TokenCountRequest, model: string): JsonObject {
  if (generation.protocol === 'anthropic-messages') return { ...withoutForeignThoughts(generation, model), model };
  const { thinking } = writeThinking(generation, { model, maxOutputTokens: generation.maxOutputTokens ?? 65_536 });
  return { model, ...writePrompt(generation), ...(thinking === undefined ? undefined : { thinking }) };
}

/** @throws Failure `invalid_request` where the document holds no count */
export function readTokenCountReply(body: Json): TokenCountReply {
  const inputTokens = isJsonObject(body) ? countAt(body, 'input_tokens') : undefined;
  if (inputTokens === undefined) throw new Failure('invalid_request', "the vendor's reply holds no input_tokens");
  return { kind: 'token_count', inputTokens, source: 'exact' };
}
