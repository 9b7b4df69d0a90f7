/**
 * A request → the body of generateContent and streamGenerateContent, the same for the Gemini API and Vertex AI. What
 * cannot be said is collected by name while it is written, so that what is refused and what is written cannot
 * disagree. Schemas go as they are, into the fields that take JSON Schema (`parametersJsonSchema` and
 * `responseJsonSchema`), never through the OpenAPI subset, which would lose words of them.
 * Format: https://ai.google.dev/api/generate-content.
 */
import type { GenerationRequest, Sampling, Tool } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { modelGeneration } from './model-generation.ts';
import { type Refuse, writeContents } from './request-contents.ts';
import { writeThinking } from './request-thinking.ts';

export interface WrittenRequest {
  readonly body: JsonObject;
  /** What it cannot say; empty: all is said. */
  readonly refused: readonly string[];
}

const MAX_STOP_SEQUENCES = 5;
const MAX_INT32 = 2 ** 31 - 1;

export function writeGenerateContent(
  request: GenerationRequest,
  model: string,
  maxOutputTokens: number,
): WrittenRequest {
  const refused = new Set(request.unkept);
  const refuse: Refuse = (name) => refused.add(name);
  const generation = modelGeneration(model);
  const { system, contents } = writeContents(request.messages, generation, refuse);
  const thinkingConfig = writeThinking(request.reasoning, generation, refuse);
  const body: JsonObject = {
    contents,
    ...(system.length === 0 ? undefined : { systemInstruction: { parts: system } }),
    ...writeTools(request, refuse),
    generationConfig: {
      maxOutputTokens,
      ...writeSampling(request.sampling, refuse),
      ...writeFormat(request),
      ...(thinkingConfig === undefined ? undefined : { thinkingConfig }),
    },
  };
  return { body, refused: [...refused] };
}

function writeTools(request: GenerationRequest, refuse: Refuse): JsonObject | undefined {
  const { tools } = request;
  if (tools.length === 0) return undefined;
  if (request.parallelToolCalls === false && request.toolChoice?.kind !== 'none') refuse('parallel_tool_calls false');
  const functionCallingConfig = writeChoice(request);
  return {
    tools: [{ functionDeclarations: tools.map(writeTool) }],
    ...(functionCallingConfig === undefined ? undefined : { toolConfig: { functionCallingConfig } }),
  };
}

const writeTool = ({ name, description, parameters }: Tool): JsonObject => ({
  name,
  ...(description === undefined || description === '' ? undefined : { description }),
  parametersJsonSchema: withoutDialect(parameters),
});

function writeChoice({ toolChoice, tools }: GenerationRequest): JsonObject | undefined {
  switch (toolChoice?.kind) {
    case undefined:
    case 'auto':
      // Arguments that keep to the schema, for whoever asked for it; calls that are forced do so anyway.
      if (tools.some(({ strict }) => strict === true)) return { mode: 'VALIDATED' };
      return toolChoice === undefined ? undefined : { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [toolChoice.name] };
  }
}

function writeSampling(sampling: Sampling, refuse: Refuse): JsonObject {
  const { temperature, topP, topK, frequencyPenalty, presencePenalty, seed, stop } = sampling;
  if (stop !== undefined && stop.length > MAX_STOP_SEQUENCES) refuse(`more than ${MAX_STOP_SEQUENCES} stop sequences`);
  if (seed !== undefined && !(seed >= -MAX_INT32 && seed <= MAX_INT32)) refuse('a seed of more than 31 bits');
  return {
    ...(temperature === undefined ? undefined : { temperature }),
    ...(topP === undefined ? undefined : { topP }),
    ...(topK === undefined ? undefined : { topK }),
    ...(frequencyPenalty === undefined ? undefined : { frequencyPenalty }),
    ...(presencePenalty === undefined ? undefined : { presencePenalty }),
    ...(seed === undefined ? undefined : { seed }),
    ...(stop === undefined || stop.length === 0 ? undefined : { stopSequences: stop }),
  };
}

function writeFormat({ output }: GenerationRequest): JsonObject | undefined {
  switch (output.kind) {
    case 'text':
      return undefined;
    case 'json':
      return { responseMimeType: 'application/json' };
    case 'json_schema':
      return { responseMimeType: 'application/json', responseJsonSchema: withoutDialect(output.schema) };
  }
}

/** `$schema` names the dialect and says nothing of the value. */
function withoutDialect(schema: JsonObject): JsonObject {
  if (schema['$schema'] === undefined) return schema;
  const { $schema: _, ...rest } = schema;
  return rest;
}
