/**
 * The short way from an Anthropic client to an Anthropic provider: the body as it arrived, so that fields which nobody
 * here knows reach the vendor, with the model that was decided and the cap of output that was decided. Thoughts of a
 * turn that another vendor answered stay behind: Anthropic refuses what it did not sign.
 */
import type { GenerationRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { SameProtocol, WriteAs } from '../protocol.ts';
import { countAt, objectAt } from '../vendor-document.ts';
import { withoutForeignThoughts } from './foreign-thoughts.ts';
import { createRelay } from './relay.ts';
import { MIN_THINKING_TOKENS } from './thinking.ts';

export const anthropicSame: SameProtocol = { patchRequest, createRelay };

function patchRequest(request: GenerationRequest, { model, maxOutputTokens }: WriteAs): JsonObject {
  const body = withoutForeignThoughts(request, model);
  const asked = countAt(body, 'max_tokens') ?? Number.POSITIVE_INFINITY;
  if (asked <= maxOutputTokens) return { ...body, model };
  return { ...body, model, max_tokens: maxOutputTokens, ...fitThinking(body, asked, maxOutputTokens) };
}

/** A cap shrinks a thinking budget in proportion, since it must stay below it; under 1,024 tokens nothing is thought. */
function fitThinking(body: JsonObject, asked: number, cap: number): JsonObject | undefined {
  const thinking = objectAt(body, 'thinking');
  const budget = countAt(thinking, 'budget_tokens');
  if (thinking?.['type'] !== 'enabled' || budget === undefined) return undefined;
  if (cap <= MIN_THINKING_TOKENS) return { thinking: { type: 'disabled' } };
  // The budget was below what was asked, so its share is below the cap.
  const fitted = Math.max(Math.floor((cap * budget) / asked), MIN_THINKING_TOKENS);
  return { thinking: { ...thinking, budget_tokens: fitted } };
}
