/** A request of another protocol → the body of a chat completion, in the dialect of an endpoint. */

import { Failure } from '../../core/failure.ts';
import type { GenerationRequest, OutputFormat, Reasoning, ReasoningEffort, ToolChoice } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { WriteAs } from '../protocol.ts';
import type { ChatDialect } from './dialect.ts';
import { unsupported } from './unsupported.ts';
import { writeMessages } from './write-messages.ts';

/** @throws Failure `unsupported` that names what the endpoint cannot do */
export function writeRequest(request: GenerationRequest, as: WriteAs, dialect: ChatDialect): JsonObject {
  const names = unsupported(request, dialect);
  if (names.length > 0) throw new Failure('unsupported', `${as.model}: not supported: ${names.join(', ')}`);
  return {
    model: as.model,
    messages: writeMessages(request.messages, dialect),
    [dialect.outputCap]: as.maxOutputTokens,
    ...writeTools(request, dialect),
    ...writeOutput(request.output),
    ...writeSampling(request),
    ...(dialect.reasoningEffort ? writeReasoning(request.reasoning) : undefined),
    ...(request.user === undefined ? undefined : { user: request.user }),
    ...(request.stream ? { stream: true } : undefined),
    ...(request.stream && dialect.streamUsage ? { stream_options: { include_usage: true } } : undefined),
  };
}

function writeTools({ tools, toolChoice, parallelToolCalls }: GenerationRequest, dialect: ChatDialect): JsonObject {
  if (tools.length === 0) return {};
  return {
    tools: tools.map(({ name, description, parameters, strict }) => ({
      type: 'function',
      function: {
        name,
        ...(description === undefined ? undefined : { description }),
        parameters,
        ...(strict === undefined ? undefined : { strict }),
      },
    })),
    ...(toolChoice === undefined ? undefined : { tool_choice: writeToolChoice(toolChoice) }),
    ...(parallelToolCalls === undefined || !dialect.parallelToolCalls
      ? undefined
      : { parallel_tool_calls: parallelToolCalls }),
  };
}

const writeToolChoice = (choice: ToolChoice): Json =>
  choice.kind === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.kind;

function writeOutput(output: OutputFormat): JsonObject {
  switch (output.kind) {
    case 'text':
      return {};
    case 'json':
      return { response_format: { type: 'json_object' } };
    case 'json_schema': {
      const { name, schema, description, strict } = output;
      const said = {
        name,
        ...(description === undefined ? undefined : { description }),
        schema,
        ...(strict === undefined ? undefined : { strict }),
      };
      return { response_format: { type: 'json_schema', json_schema: said } };
    }
  }
}

function writeSampling({ sampling }: GenerationRequest): JsonObject {
  const { temperature, topP, topK, frequencyPenalty, presencePenalty, seed, stop } = sampling;
  return {
    ...(temperature === undefined ? undefined : { temperature }),
    ...(topP === undefined ? undefined : { top_p: topP }),
    ...(topK === undefined ? undefined : { top_k: topK }),
    ...(frequencyPenalty === undefined ? undefined : { frequency_penalty: frequencyPenalty }),
    ...(presencePenalty === undefined ? undefined : { presence_penalty: presencePenalty }),
    ...(seed === undefined ? undefined : { seed }),
    ...(stop === undefined ? undefined : { stop }),
  };
}

function writeReasoning(reasoning: Reasoning | undefined): JsonObject {
  const effort = effortOf(reasoning);
  return effort === undefined ? {} : { reasoning_effort: effort };
}

/**
 * Up to 2,048 tokens of thought are low, up to 8,192 medium, else high: as efforts become budgets elsewhere. Of a model
 * that decides itself nothing is said.
 */
function effortOf(reasoning: Reasoning | undefined): ReasoningEffort | undefined {
  if (reasoning === undefined) return undefined;
  const { effort, budgetTokens } = reasoning;
  // `max` is Anthropic's word.
  if (effort !== undefined) return effort === 'max' ? 'xhigh' : effort;
  if (budgetTokens === undefined) return undefined;
  if (budgetTokens === 0) return 'none';
  if (budgetTokens <= 2048) return 'low';
  return budgetTokens <= 8192 ? 'medium' : 'high';
}
