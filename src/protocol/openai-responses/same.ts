/** The short way from a client of the Responses API to an endpoint that speaks it too. */
import type { GenerationRequest } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { SameProtocol, WriteAs } from '../protocol.ts';
import { textAt } from '../vendor-document.ts';
import { outputCap } from './output-cap.ts';
import { isMadeHere } from './output-items.ts';
import { encryptedOf } from './read-items.ts';
import { createRelay } from './relay.ts';

export const openAiResponsesSame: SameProtocol = { patchRequest, createRelay };

/**
 * Fields that nobody here knows stay; usage comes unasked.
 * @throws Failure `unsupported` where the cap is below the vendor's least
 */
function patchRequest({ body }: GenerationRequest, { model, maxOutputTokens }: WriteAs): JsonObject {
  return { ...body, ...withoutOurIds(body['input']), model, max_output_tokens: outputCap(maxOutputTokens) };
}

/**
 * An earlier turn may have been answered by another vendor. The vendor would look for such items by their ids and not
 * find them: they go without, and a thought that is not in OpenAI's own form does not go at all.
 */
function withoutOurIds(input: Json | undefined): { readonly input?: readonly Json[] } {
  // Of JSON, only a list is an array; the check narrows to `any[]`.
  const items = Array.isArray(input) ? (input as readonly Json[]) : [];
  if (!items.some(isOurs)) return {};
  return {
    input: items.flatMap((item) => {
      if (!isOurs(item)) return [item];
      const { id: _id, ...rest } = item;
      return item['type'] === 'reasoning' && encryptedOf(item) === undefined ? [] : [rest];
    }),
  };
}

const isOurs = (item: Json): item is JsonObject => isJsonObject(item) && isMadeHere(textAt(item, 'id') ?? '');
