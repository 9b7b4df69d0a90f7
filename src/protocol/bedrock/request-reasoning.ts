/**
 * How much a model thinks: every maker has its own field, beside what Converse has. Claude's are those of Anthropic's
 * own API, but for the effort, which Converse has a field for.
 */
import type { GenerationRequest, ReasoningEffort } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { asksForThought, writeThinking } from '../anthropic/thinking.ts';
import { addThinkingRules } from '../anthropic/unsupported.ts';
import type { WriteAs } from '../protocol.ts';
import type { Refuse } from './media.ts';
import type { ModelFamily } from './model-family.ts';

export interface WrittenReasoning {
  /** For `additionalModelRequestFields`. */
  readonly fields?: JsonObject;
  /** For `outputConfig`. */
  readonly effort?: string;
}

export function writeReasoning(
  request: GenerationRequest,
  family: ModelFamily,
  as: WriteAs,
  refuse: Refuse,
): WrittenReasoning {
  const { reasoning } = request;
  if (reasoning === undefined) return {};
  if (family.kind === 'claude' && family.version >= 307) return writeClaude(request, as, refuse);
  if (!asksForThought(reasoning)) return {};
  const { effort, budgetTokens } = reasoning;
  switch (family.kind) {
    case 'nova':
      if (family.version < 200) refuse('reasoning');
      if (budgetTokens !== undefined) refuse('a budget of reasoning tokens');
      return { fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: lowToHigh(effort ?? 'medium') } } };
    case 'gpt_oss':
      if (budgetTokens !== undefined) refuse('a budget of reasoning tokens');
      return { fields: { reasoning_effort: lowToHigh(effort ?? 'medium') } };
    case 'claude':
    case 'other':
      refuse('reasoning');
      return {};
  }
}

function writeClaude(request: GenerationRequest, as: WriteAs, refuse: Refuse): WrittenReasoning {
  const { thinking, effort } = writeThinking(request, as);
  if (asksForThought(request.reasoning)) {
    const names = new Set<string>();
    addThinkingRules(request, names);
    for (const name of names) refuse(name);
  }
  return {
    ...(thinking === undefined ? undefined : { fields: { thinking } }),
    ...(effort === undefined ? undefined : { effort }),
  };
}

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
