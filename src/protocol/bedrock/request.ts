/**
 * A request → the body of Converse and ConverseStream. What cannot be said is collected by name while it is written,
 * so that what is refused and what is written cannot disagree.
 * Format: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.
 */
import type { GenerationRequest, OutputFormat, Sampling } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Refuse } from './media.ts';
import { type ModelFamily, modelFamily } from './model-family.ts';
import { writeMessages } from './request-messages.ts';
import { writeReasoning } from './request-reasoning.ts';
import { writeTools } from './request-tools.ts';

export interface WrittenRequest {
  readonly body: JsonObject;
  /** What it cannot say; empty: all is said. */
  readonly refused: readonly string[];
}

export function writeConverse(request: GenerationRequest, model: string, maxOutputTokens: number): WrittenRequest {
  const refused = new Set(request.unkept);
  const refuse: Refuse = (name) => refused.add(name);
  const family = modelFamily(model);
  const { sampling } = request;
  const { system, messages, calledTools } = writeMessages(request, family, refuse);
  const { toolConfig, toolChoice } = writeTools(request, calledTools, family, refuse);
  const reasoning = writeReasoning(request, family, { model, maxOutputTokens }, refuse);
  const textFormat = writeFormat(request.output, refuse);
  const fields = {
    ...writeTopK(sampling.topK, family, refuse),
    ...reasoning.fields,
    ...(toolChoice === undefined ? undefined : { tool_choice: toolChoice }),
  };
  const outputConfig = {
    ...(textFormat === undefined ? undefined : { textFormat }),
    ...(reasoning.effort === undefined ? undefined : { effort: reasoning.effort }),
  };
  const tellsStop = family.kind === 'claude' && sampling.stop !== undefined && sampling.stop.length > 0;
  const body: JsonObject = {
    messages,
    ...(system.length === 0 ? undefined : { system }),
    inferenceConfig: { maxTokens: maxOutputTokens, ...writeSampling(sampling, refuse) },
    ...(toolConfig === undefined ? undefined : { toolConfig }),
    ...(isEmpty(fields) ? undefined : { additionalModelRequestFields: fields }),
    ...(tellsStop ? { additionalModelResponseFieldPaths: ['/stop_sequence'] } : undefined),
    ...(isEmpty(outputConfig) ? undefined : { outputConfig }),
  };
  return { body, refused: [...refused] };
}

function writeSampling(sampling: Sampling, refuse: Refuse): JsonObject {
  const { temperature, topP, stop } = sampling;
  if (temperature !== undefined && temperature > 1) refuse('temperature above 1');
  if (sampling.seed !== undefined) refuse('seed');
  if (sampling.frequencyPenalty !== undefined && sampling.frequencyPenalty !== 0) refuse('frequency_penalty');
  if (sampling.presencePenalty !== undefined && sampling.presencePenalty !== 0) refuse('presence_penalty');
  return {
    ...(temperature === undefined ? undefined : { temperature }),
    ...(topP === undefined ? undefined : { topP }),
    ...(stop === undefined || stop.length === 0 ? undefined : { stopSequences: stop }),
  };
}

function writeTopK(topK: number | undefined, family: ModelFamily, refuse: Refuse): JsonObject | undefined {
  if (topK === undefined) return undefined;
  if (family.kind === 'claude') return { top_k: topK };
  if (family.kind === 'nova') return { inferenceConfig: { topK } };
  refuse('top_k');
  return undefined;
}

function writeFormat(output: OutputFormat, refuse: Refuse): JsonObject | undefined {
  switch (output.kind) {
    case 'text':
      return undefined;
    case 'json':
      refuse('a JSON answer without a schema');
      return undefined;
    case 'json_schema': {
      const { name, description, schema } = output;
      const described = description === undefined ? undefined : { description };
      // Converse takes the schema as text.
      const jsonSchema = { schema: JSON.stringify(schema), name, ...described };
      return { type: 'json_schema', structure: { jsonSchema } };
    }
  }
}

const isEmpty = (object: JsonObject): boolean => Object.keys(object).length === 0;
