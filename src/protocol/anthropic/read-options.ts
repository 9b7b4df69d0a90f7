/** How the model is to think, what its answer is to look like, and how it is drawn. */
import type { OutputFormat, Reasoning, ReasoningEffort, Sampling } from '../../core/generation.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import {
  countField,
  invalid,
  numberField,
  objectField,
  otherFields,
  shown,
  textListField,
  wordField,
} from '../fields.ts';
import { checkJsonSchema } from '../tool-schema.ts';
import { MIN_THINKING_TOKENS } from './thinking.ts';
import type { Unkept } from './unkept.ts';

const MAX_STOP_SEQUENCES = 256;
const MAX_COUNT = Number.MAX_SAFE_INTEGER;

export function readSampling(body: JsonObject): Sampling {
  const temperature = numberField(body, 'temperature', '', { min: 0, max: 1 });
  const topP = numberField(body, 'top_p', '', { min: 0, max: 1 });
  const topK = countField(body, 'top_k', '', { min: 0, max: MAX_COUNT });
  const stop = textListField(body, 'stop_sequences', '', { maxItems: MAX_STOP_SEQUENCES });
  return {
    ...(temperature === undefined ? undefined : { temperature }),
    ...(topP === undefined ? undefined : { topP }),
    ...(topK === undefined ? undefined : { topK }),
    ...(stop === undefined || stop.length === 0 ? undefined : { stop }),
  };
}

/** @param maxTokens undefined: the body need not say it */
export function readReasoning(
  body: JsonObject,
  maxTokens: number | undefined,
  unkept: Unkept,
): { readonly reasoning: Reasoning } | undefined {
  const asked = readEffort(body, unkept);
  const effort = asked === undefined ? undefined : { effort: asked };
  const thinking = objectField(body, 'thinking', '');
  if (thinking === undefined) return effort === undefined ? undefined : { reasoning: effort };
  const display = wordField(thinking, 'display', 'thinking', ['summarized', 'omitted']);
  const show = display === undefined ? undefined : { show: display === 'summarized' };
  switch (thinking['type']) {
    case 'enabled':
      return { reasoning: { ...effort, budgetTokens: readBudget(thinking, body, maxTokens), ...show } };
    case 'adaptive':
      return { reasoning: { ...effort, adaptive: true, ...show } };
    case 'disabled':
      // Here an effort is also one of writing; elsewhere there is only thought.
      if (asked !== undefined) unkept.add('output_config.effort');
      return { reasoning: { effort: 'none' } };
    case undefined:
    case null:
      throw invalid('thinking.type', 'is required');
    default:
      unkept.add('thinking.type', shown(thinking['type']));
      return effort === undefined ? undefined : { reasoning: effort };
  }
}

/** With a budget, the API keeps its own sampling and cannot be made to call a tool: contradictions, told before. */
function readBudget(thinking: JsonObject, body: JsonObject, maxTokens: number | undefined): number {
  const budget = countField(thinking, 'budget_tokens', 'thinking', { min: MIN_THINKING_TOKENS, max: MAX_COUNT });
  if (budget === undefined) throw invalid('thinking.budget_tokens', 'is required');
  if (maxTokens !== undefined && budget >= maxTokens) {
    throw invalid('thinking.budget_tokens', `must be less than max_tokens: ${budget} is not less than ${maxTokens}`);
  }
  const { temperature, topP, topK } = readSampling(body);
  if (temperature !== undefined && temperature !== 1) {
    throw invalid('temperature', `must be 1 while thinking is enabled, not ${temperature}`);
  }
  if (topP !== undefined && topP < 0.95) {
    throw invalid('top_p', `must be from 0.95 to 1 while thinking is enabled, not ${topP}`);
  }
  if (topK !== undefined) throw invalid('top_k', 'must not be set while thinking is enabled');
  const forced = objectField(body, 'tool_choice', '')?.['type'];
  if (forced === 'any' || forced === 'tool') {
    throw invalid('tool_choice.type', `must be auto or none while thinking is enabled, not ${forced}`);
  }
  return budget;
}

/** Anthropic's. */
const EFFORTS: readonly ReasoningEffort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const OUTPUT_CONFIG: ReadonlySet<string> = new Set(['effort', 'format']);

function readEffort(body: JsonObject, unkept: Unkept): Reasoning['effort'] {
  const config = objectField(body, 'output_config', '');
  if (config === undefined) return undefined;
  for (const name of otherFields(config, OUTPUT_CONFIG)) unkept.add(`output_config.${name}`);
  const effort = config['effort'] ?? undefined;
  const known = EFFORTS.find((word) => word === effort);
  if (effort !== undefined && known === undefined) unkept.add('output_config.effort', shown(effort));
  return known;
}

/** `output_config.format`, or `output_format` as it was called before. */
export function readOutput(body: JsonObject, unkept: Unkept): OutputFormat {
  const current = objectField(body, 'output_config', '')?.['format'] ?? undefined;
  const former = body['output_format'] ?? undefined;
  if (current !== undefined && former !== undefined) {
    throw invalid('output_format', 'must not be set beside output_config.format');
  }
  const at = current === undefined ? 'output_format' : 'output_config.format';
  const format = current ?? former;
  if (format === undefined) return { kind: 'text' };
  if (isJsonObject(format) && format['type'] === 'json_schema') {
    return { kind: 'json_schema', name: 'output', schema: checkJsonSchema(format['schema'], `${at}.schema`) };
  }
  unkept.add(at, shown(isJsonObject(format) ? format['type'] : format));
  return { kind: 'text' };
}
