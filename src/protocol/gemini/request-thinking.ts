/**
 * How much Gemini thinks: from 3 on a level, before, in 2.5, a number of tokens; older models do not think. An effort
 * becomes either by Google's own table: https://ai.google.dev/gemini-api/docs/openai#thinking.
 */
import type { Reasoning, ReasoningEffort } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ModelGeneration } from './model-generation.ts';
import type { Refuse } from './request-contents.ts';

/** @returns `thinkingConfig`; undefined: the model does as it does */
export function writeThinking(
  reasoning: Reasoning | undefined,
  generation: ModelGeneration,
  refuse: Refuse,
): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  const { effort, budgetTokens, adaptive, show } = reasoning;
  if (generation.version > 0 && generation.version < 205) {
    if (budgetTokens !== undefined || adaptive === true || (effort !== undefined && effort !== 'none'))
      refuse('reasoning');
    return undefined;
  }
  const config = {
    ...amount(effort, budgetTokens, adaptive, generation, refuse),
    ...(show === true ? { includeThoughts: true } : undefined),
  };
  return Object.keys(config).length === 0 ? undefined : config;
}

function amount(
  effort: ReasoningEffort | undefined,
  budgetTokens: number | undefined,
  adaptive: boolean | undefined,
  generation: ModelGeneration,
  refuse: Refuse,
): JsonObject | undefined {
  if (budgetTokens !== undefined) return { thinkingBudget: budgetTokens };
  const isLevelled = generation.version >= 300;
  if (effort === undefined) return adaptive === true && !isLevelled ? { thinkingBudget: ADAPTIVE } : undefined;
  if (effort === 'none') {
    if (isLevelled || generation.isPro) refuse('no reasoning at all');
    return { thinkingBudget: 0 };
  }
  return isLevelled ? { thinkingLevel: levelOf(effort, generation) } : { thinkingBudget: BUDGET_TOKENS[effort] };
}

const ADAPTIVE = -1;

const BUDGET_TOKENS: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};

function levelOf(effort: Exclude<ReasoningEffort, 'none'>, { version, isPro }: ModelGeneration): string {
  switch (effort) {
    case 'minimal':
      return isPro ? 'low' : 'minimal';
    case 'low':
      return 'low';
    case 'medium':
      // The first of the 3 Pro knows low and high alone.
      return isPro && version === 300 ? 'high' : 'medium';
    case 'high':
    case 'xhigh':
    case 'max':
      return 'high';
  }
}
