/** The short way from a client of the Responses API to an endpoint that speaks it too. */
import type { GenerationRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { SameProtocol, WriteAs } from '../protocol.ts';
import { createRelay } from './relay.ts';

export const openAiResponsesSame: SameProtocol = { patchRequest, createRelay };

/** Fields that nobody here knows stay; usage comes unasked. */
function patchRequest({ body }: GenerationRequest, { model, maxOutputTokens }: WriteAs): JsonObject {
  return { ...body, model, max_output_tokens: maxOutputTokens };
}
