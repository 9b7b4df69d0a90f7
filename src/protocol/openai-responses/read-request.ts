/**
 * A body of `POST /v1/responses` → a request. What contradicts itself is refused here, before it costs anything; what
 * has no word in core, above all what the vendor keeps between calls, is named in `unkept`. Source: API reference,
 * "Create a model response".
 */
import { type GenerationRequest, REASONING_EFFORTS, type Reasoning, type Sampling } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import {
  asObject,
  booleanField,
  countField,
  invalid,
  keep,
  numberField,
  objectField,
  otherFields,
  readModel,
  textField,
  wordField,
} from '../fields.ts';
import { MIN_OUTPUT_TOKENS } from './output-cap.ts';
import { readInput } from './read-input.ts';
import { readOutput } from './read-output.ts';
import { readToolChoice, readTools } from './read-tools.ts';
import { nameUnkept } from './unkept.ts';

/** @throws Failure `invalid_request`, `unsupported` or `too_large`, each with the field's name */
export function readRequest(json: Json): GenerationRequest {
  const body = asObject(json, '');
  const unkept: string[] = [];
  nameUnkept(body, unkept);
  const messages = readInput(body, unkept);
  const tools = readTools(body, unkept);
  const stream = booleanField(body, 'stream', '') ?? false;
  checkTogether(body, stream);
  return {
    kind: 'generation',
    protocol: 'openai-responses',
    ...readModel(body),
    messages,
    tools,
    ...keep('toolChoice', readToolChoice(body, tools, unkept)),
    ...keep('parallelToolCalls', readParallel(body)),
    output: readOutput(body, unkept),
    sampling: readSampling(body),
    ...keep('reasoning', readReasoning(body, unkept)),
    ...keep('maxOutputTokens', countField(body, 'max_output_tokens', '', MAX_TOKENS)),
    stream,
    ...keep('user', textField(body, 'safety_identifier', '') ?? textField(body, 'user', '')),
    body,
    unkept,
  };
}

const MAX_TOKENS = { min: MIN_OUTPUT_TOKENS, max: 100_000_000 };

function checkTogether(body: JsonObject, stream: boolean): void {
  if (isGiven(body['previous_response_id']) && isGiven(body['conversation'])) {
    throw invalid('previous_response_id', 'stands beside conversation: give one of them');
  }
  if (!isGiven(body['stream_options'])) return;
  if (!stream) throw invalid('stream_options', 'is allowed only where stream is true');
  booleanField(asObject(body['stream_options'], 'stream_options'), 'include_obfuscation', 'stream_options');
}

const isGiven = (value: Json | undefined): boolean => value !== undefined && value !== null;

/** Clients send it without tools too, where it means nothing. */
function readParallel(body: JsonObject): boolean | undefined {
  const said = booleanField(body, 'parallel_tool_calls', '');
  return Array.isArray(body['tools']) && body['tools'].length > 0 ? said : undefined;
}

function readSampling(body: JsonObject): Sampling {
  const temperature = numberField(body, 'temperature', '', { min: 0, max: 2 });
  const topP = numberField(body, 'top_p', '', { min: 0, max: 1 });
  return {
    ...(temperature === undefined ? undefined : { temperature }),
    ...(topP === undefined ? undefined : { topP }),
  };
}

const SUMMARIES = ['auto', 'concise', 'detailed'] as const;
const REASONING_FIELDS: ReadonlySet<string> = new Set(['effort', 'generate_summary', 'summary']);

function readReasoning(body: JsonObject, unkept: string[]): Reasoning | undefined {
  const said = objectField(body, 'reasoning', '');
  if (said === undefined) return undefined;
  const effort = wordField(said, 'effort', 'reasoning', REASONING_EFFORTS);
  // `generate_summary` was its name before.
  const before = wordField(said, 'generate_summary', 'reasoning', SUMMARIES);
  const summary = wordField(said, 'summary', 'reasoning', SUMMARIES) ?? before;
  for (const name of otherFields(said, REASONING_FIELDS)) unkept.push(`reasoning.${name}`);
  if (effort === undefined && summary === undefined) return undefined;
  return {
    ...(effort === undefined ? undefined : { effort }),
    ...(summary === undefined ? undefined : { show: true }),
  };
}
