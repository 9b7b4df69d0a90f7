/**
 * How much a model thinks: every maker has its own field, beside what Converse has. Claude from 4.6 on takes an effort
 * and decides for itself; before, from 3.7, it takes a number of tokens, so an effort is turned into one.
 */
import type { Reasoning, ReasoningEffort } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Refuse } from './media.ts';
import type { ModelFamily } from './model-family.ts';

export interface WrittenReasoning {
  /** For `additionalModelRequestFields`. */
  readonly fields?: JsonObject;
  /** For `outputConfig`. */
  readonly effort?: string;
}

/** The least that Claude accepts. */
const MIN_BUDGET_TOKENS = 1024;

export function writeReasoning(
  reasoning: Reasoning | undefined,
  family: ModelFamily,
  maxOutputTokens: number,
  refuse: Refuse,
): WrittenReasoning {
  if (reasoning === undefined) return {};
  const { effort, budgetTokens, adaptive } = reasoning;
  const asked = budgetTokens !== undefined || adaptive === true || (effort !== undefined && effort !== 'none');
  if (!asked) return {};
  switch (family.kind) {
    case 'claude':
      return writeClaude(reasoning, family.version, maxOutputTokens, refuse);
    case 'nova':
      if (family.version < 200) refuse('reasoning');
      if (budgetTokens !== undefined) refuse('a budget of reasoning tokens');
      return { fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: lowToHigh(effort ?? 'medium') } } };
    case 'gpt_oss':
      if (budgetTokens !== undefined) refuse('a budget of reasoning tokens');
      return { fields: { reasoning_effort: lowToHigh(effort ?? 'medium') } };
    case 'other':
      refuse('reasoning');
      return {};
  }
}

function writeClaude(reasoning: Reasoning, version: number, maxOutputTokens: number, refuse: Refuse): WrittenReasoning {
  const { effort, budgetTokens, show } = reasoning;
  if (version < 307) refuse('reasoning');
  // From 4.7 on thoughts are left out of the answer, unless they are asked for.
  const display = version >= 407 && show === true ? { display: 'summarized' } : undefined;
  if (budgetTokens !== undefined)
    return { fields: { thinking: { type: 'enabled', budget_tokens: budgetTokens, ...display } } };
  if (version >= 406) {
    const fields = { thinking: { type: 'adaptive', ...display } };
    return effort === undefined ? { fields } : { fields, effort: effort === 'minimal' ? 'low' : effort };
  }
  // An effort is a wish: where the cap leaves no room for the least budget, there is no thought.
  const budget = Math.min(BUDGET_TOKENS[effort ?? 'medium'], Math.floor(maxOutputTokens / 2));
  if (budget < MIN_BUDGET_TOKENS) return {};
  return { fields: { thinking: { type: 'enabled', budget_tokens: budget } } };
}

const BUDGET_TOKENS: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
};

function lowToHigh(effort: ReasoningEffort): 'low' | 'medium' | 'high' {
  switch (effort) {
    case 'none':
    case 'minimal':
    case 'low':
      return 'low';
    case 'medium':
      return 'medium';
    case 'high':
    case 'xhigh':
    case 'max':
      return 'high';
  }
}
