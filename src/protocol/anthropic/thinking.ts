/**
 * How much a model may think → Anthropic's `thinking` and `output_config.effort`. Models from 4.6 on decide themselves
 * (`adaptive`) and take an effort; those before take a number of tokens (`enabled`). What other protocols say is written
 * so:
 *
 *   asked for            from 4.6 on                     before
 *   none                 disabled                        disabled
 *   minimal, low         adaptive, effort low            2,048 tokens (minimal: 1,024)
 *   medium               adaptive, effort medium         8,192
 *   high                 adaptive, effort high           16,384
 *   xhigh, max           adaptive, effort xhigh, max     32,768
 *   a number of tokens   adaptive, effort by the table   that number
 *   adaptive             adaptive                        8,192
 *
 * A number of tokens is kept under half of the allowed output where the effort was asked for, under all of it where the
 * caller said the number; where less than 1,024 remain, nothing is thought. Sources: "Extended thinking", "Adaptive
 * thinking", "Effort" in Anthropic's guides.
 */
import type { GenerationRequest, Reasoning, ReasoningEffort } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { unmarkSignature } from '../gemini/thought-signature.ts';
import { unmarkEncrypted } from '../openai-responses/thought-signature.ts';
import type { WriteAs } from '../protocol.ts';

/** Anthropic's least. */
export const MIN_THINKING_TOKENS = 1024;

export interface Thinking {
  readonly thinking?: JsonObject;
  readonly effort?: string;
}

/** Whether the request wants thought at all. */
export const asksForThought = (reasoning: Reasoning | undefined): boolean =>
  reasoning !== undefined &&
  reasoning.effort !== 'none' &&
  (reasoning.effort !== undefined || reasoning.budgetTokens !== undefined || reasoning.adaptive === true);

export function writeThinking(request: GenerationRequest, as: WriteAs): Thinking {
  const { reasoning } = request;
  if (reasoning === undefined) return {};
  if (reasoning.effort === 'none') return { thinking: { type: 'disabled' } };
  if (!asksForThought(reasoning)) return {};
  const display = reasoning.show === undefined ? undefined : { display: reasoning.show ? 'summarized' : 'omitted' };
  if (thinksAdaptively(as.model)) {
    const effort = adaptiveEffort(reasoning);
    return { thinking: { type: 'adaptive', ...display }, ...(effort === undefined ? undefined : { effort }) };
  }
  const budget = budgetTokens(reasoning, as.maxOutputTokens);
  if (budget < MIN_THINKING_TOKENS || continuesUnsignedCalls(request)) return {};
  return { thinking: { type: 'enabled', budget_tokens: budget, ...display } };
}

/** By its name: Claude from 4.6 on, and Claude whose version cannot be read, which is newer than this table. */
export function thinksAdaptively(model: string): boolean {
  if (!model.includes('claude')) return false;
  const version =
    /claude-(\d{1,2})(?:[-.](\d{1,2}))?(?![\d])/.exec(model) ??
    /claude-[a-z]+-(\d{1,2})(?:[-.](\d{1,2}))?(?![\d])/.exec(model);
  if (version === null) return !model.includes('claude-instant');
  const major = Number(version[1]);
  return major > 4 || (major === 4 && Number(version[2] ?? '0') >= 6);
}

function adaptiveEffort(reasoning: Reasoning): string | undefined {
  if (reasoning.effort !== undefined) return EFFORTS[reasoning.effort];
  const budget = reasoning.budgetTokens;
  if (budget === undefined) return undefined;
  if (budget <= BUDGETS.low) return 'low';
  if (budget <= BUDGETS.medium) return 'medium';
  return 'high';
}

function budgetTokens(reasoning: Reasoning, maxOutputTokens: number): number {
  if (reasoning.budgetTokens !== undefined) return Math.min(reasoning.budgetTokens, maxOutputTokens - 1);
  return Math.min(BUDGETS[reasoning.effort ?? 'medium'], Math.floor(maxOutputTokens / 2));
}

const EFFORTS: Readonly<Record<ReasoningEffort, string>> = {
  none: 'low',
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
};

const BUDGETS: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
};

/**
 * With a thinking budget the turn whose tool calls are being answered must begin with its signed thought. Where that
 * thought is lost, as it is in protocols that do not carry it, this turn goes on without thinking.
 */
function continuesUnsignedCalls(request: GenerationRequest): boolean {
  for (let at = request.messages.length - 1; at > 0; at -= 1) {
    const message = request.messages[at];
    if (message?.role === 'user') return false;
    if (message?.role !== 'assistant' || !message.content.some((part) => part.kind === 'tool_call')) continue;
    const signed = message.content.some((part) => part.kind === 'reasoning' && carriesOver(request, part));
    if (!signed) return true;
  }
  return false;
}

/** Whether a thought of the history is one that Anthropic signed, as far as the front door's protocol can tell. */
export function carriesOver(
  request: GenerationRequest,
  part: { readonly signature?: string; readonly redacted?: string },
): boolean {
  if (part.signature === undefined && part.redacted === undefined) return false;
  if (part.signature !== undefined && isForeign(part.signature)) return false;
  switch (request.protocol) {
    case 'anthropic-messages':
    case 'bedrock-converse':
    case 'turnpike':
      return true;
    case 'openai-chat':
    case 'openai-responses':
    case 'gemini':
      return false;
  }
}

const isForeign = (signature: string): boolean =>
  unmarkSignature(signature) !== undefined || unmarkEncrypted(signature) !== undefined;
