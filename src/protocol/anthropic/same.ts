/**
 * The short way from an Anthropic client to an Anthropic provider: the body as it arrived, so that fields which nobody
 * here knows reach the vendor, with the model that was decided and the cap of output that was decided.
 */
import type { GenerationRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { SameProtocol, WriteAs } from '../protocol.ts';
import { countAt, objectAt } from '../vendor-document.ts';
import { createRelay } from './relay.ts';
import { MIN_THINKING_TOKENS } from './thinking.ts';

export const anthropicSame: SameProtocol = { patchRequest, createRelay };

function patchRequest({ body }: GenerationRequest, as: WriteAs): JsonObject {
  const asked = countAt(body, 'max_tokens');
  if (asked !== undefined && asked <= as.maxOutputTokens) return { ...body, model: as.model };
  return { ...body, model: as.model, max_tokens: as.maxOutputTokens, ...fitThinking(body, asked, as.maxOutputTokens) };
}

/** A cap shrinks a thinking budget in proportion, since it must stay below it; under 1,024 tokens nothing is thought. */
function fitThinking(body: JsonObject, asked: number | undefined, cap: number): JsonObject | undefined {
  const thinking = objectAt(body, 'thinking');
  const budget = countAt(thinking, 'budget_tokens');
  if (thinking?.['type'] !== 'enabled' || budget === undefined) return undefined;
  if (cap <= MIN_THINKING_TOKENS) return { thinking: { type: 'disabled' } };
  const share = asked === undefined || asked === 0 ? 0.5 : Math.min(1, budget / asked);
  const fitted = Math.min(Math.max(Math.floor(cap * share), MIN_THINKING_TOKENS), cap - 1);
  return { thinking: { ...thinking, budget_tokens: fitted } };
}
