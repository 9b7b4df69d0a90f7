/** A request of another protocol → the body of a response. Nothing is stored at the vendor. */
import { Failure } from '../../core/failure.ts';
import type { GenerationRequest, OutputFormat, Reasoning, ReasoningEffort, ToolChoice } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { WriteAs } from '../protocol.ts';
import { outputCap } from './output-cap.ts';
import { unsupported } from './unsupported.ts';
import { writeInput } from './write-input.ts';

/** @throws Failure `unsupported` that names what the vendor cannot do */
export function writeRequest(request: GenerationRequest, as: WriteAs): JsonObject {
  const names = unsupported(request);
  if (names.length > 0) throw new Failure('unsupported', `${as.model}: not supported: ${names.join(', ')}`);
  const { temperature, topP } = request.sampling;
  return {
    model: as.model,
    input: writeInput(request.messages),
    max_output_tokens: outputCap(as.maxOutputTokens),
    store: false,
    ...writeTools(request),
    ...writeOutput(request.output),
    ...(temperature === undefined ? undefined : { temperature }),
    ...(topP === undefined ? undefined : { top_p: topP }),
    ...writeReasoning(request.reasoning),
    ...(request.user === undefined ? undefined : { safety_identifier: request.user }),
    ...(request.stream ? { stream: true } : undefined),
  };
}

function writeTools({ tools, toolChoice, parallelToolCalls }: GenerationRequest): JsonObject {
  if (tools.length === 0) return {};
  return {
    tools: tools.map(({ name, description, parameters, strict }) => ({
      type: 'function',
      name,
      ...(description === undefined ? undefined : { description }),
      parameters,
      // Left out it would be true, which few schemas of other protocols are made for.
      strict: strict ?? false,
    })),
    ...(toolChoice === undefined ? undefined : { tool_choice: writeToolChoice(toolChoice) }),
    ...(parallelToolCalls === undefined ? undefined : { parallel_tool_calls: parallelToolCalls }),
  };
}

const writeToolChoice = (choice: ToolChoice): Json =>
  choice.kind === 'tool' ? { type: 'function', name: choice.name } : choice.kind;

function writeOutput(output: OutputFormat): JsonObject {
  switch (output.kind) {
    case 'text':
      return {};
    case 'json':
      return { text: { format: { type: 'json_object' } } };
    case 'json_schema': {
      const { name, schema, description, strict } = output;
      const format = {
        type: 'json_schema',
        name,
        ...(description === undefined ? undefined : { description }),
        schema,
        ...(strict === undefined ? undefined : { strict }),
      };
      return { text: { format } };
    }
  }
}

function writeReasoning(reasoning: Reasoning | undefined): JsonObject {
  if (reasoning === undefined) return {};
  const effort = effortOf(reasoning);
  const thinks = effort !== undefined && effort !== 'none';
  if (effort === undefined && reasoning.show !== true) return {};
  return {
    reasoning: {
      ...(effort === undefined ? undefined : { effort }),
      ...(reasoning.show === true && effort !== 'none' ? { summary: 'auto' } : undefined),
    },
    // Since nothing is stored, the thought comes along to be sent back.
    ...(thinks ? { include: ['reasoning.encrypted_content'] } : undefined),
  };
}

/** As for chat completions: up to 2,048 tokens of thought are low, up to 8,192 medium, else high. */
function effortOf({ effort, budgetTokens }: Reasoning): ReasoningEffort | undefined {
  // `max` is Anthropic's word.
  if (effort !== undefined) return effort === 'max' ? 'xhigh' : effort;
  if (budgetTokens === undefined) return undefined;
  if (budgetTokens === 0) return 'none';
  if (budgetTokens <= 2048) return 'low';
  return budgetTokens <= 8192 ? 'medium' : 'high';
}
