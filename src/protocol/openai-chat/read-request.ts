/**
 * A body of `POST /v1/chat/completions` → a request. What contradicts itself is refused here, before it costs anything;
 * what has no word in core is named in `unkept`. Source: API reference, "Create chat completion".
 */
import { type GenerationRequest, REASONING_EFFORTS, type Reasoning, type Sampling } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import {
  asObject,
  booleanField,
  countField,
  invalid,
  keep,
  numberField,
  readModel,
  textField,
  textListField,
  wordField,
} from '../fields.ts';
import { readMessages } from './read-messages.ts';
import { readOutput } from './read-output.ts';
import { readToolChoice, readTools } from './read-tools.ts';
import { nameUnkept } from './unkept.ts';

/** @throws Failure `invalid_request`, `unsupported` or `too_large`, each with the field's name */
export function readRequest(json: Json): GenerationRequest {
  const body = asObject(json, '');
  const unkept: string[] = [];
  nameUnkept(body, unkept);
  const messages = readMessages(body, unkept);
  const tools = readTools(body, unkept);
  const toolChoice = readToolChoice(body, tools, unkept);
  const parallelToolCalls = booleanField(body, 'parallel_tool_calls', '');
  if (parallelToolCalls !== undefined && body['tools'] === undefined) {
    throw invalid('parallel_tool_calls', 'is allowed only beside tools');
  }
  const stream = booleanField(body, 'stream', '') ?? false;
  checkStreamOptions(body, stream);
  checkChoices(body);
  return {
    kind: 'generation',
    protocol: 'openai-chat',
    ...readModel(body),
    messages,
    tools,
    ...keep('toolChoice', toolChoice),
    ...keep('parallelToolCalls', parallelToolCalls),
    output: readOutput(body),
    sampling: readSampling(body),
    ...keep('reasoning', readReasoning(body)),
    ...keep('maxOutputTokens', readMaxOutputTokens(body)),
    stream,
    ...keep('user', textField(body, 'safety_identifier', '') ?? textField(body, 'user', '')),
    body,
    unkept,
  };
}

function checkStreamOptions(body: JsonObject, stream: boolean): void {
  const options = body['stream_options'] ?? undefined;
  if (options === undefined) return;
  if (!stream) throw invalid('stream_options', 'is allowed only where stream is true');
  const object = asObject(options, 'stream_options');
  booleanField(object, 'include_usage', 'stream_options');
  booleanField(object, 'include_obfuscation', 'stream_options');
}

const MAX_CHOICES = 8;
const MAX_TOP_LOGPROBS = 20;

function checkChoices(body: JsonObject): void {
  countField(body, 'n', '', { min: 1, max: MAX_CHOICES });
  const logprobs = booleanField(body, 'logprobs', '');
  const top = countField(body, 'top_logprobs', '', { min: 0, max: MAX_TOP_LOGPROBS });
  if (top !== undefined && logprobs !== true) throw invalid('top_logprobs', 'is allowed only where logprobs is true');
}

const MAX_TOKENS = { min: 1, max: 100_000_000 };

function readMaxOutputTokens(body: JsonObject): number | undefined {
  const now = countField(body, 'max_completion_tokens', '', MAX_TOKENS);
  const before = countField(body, 'max_tokens', '', MAX_TOKENS);
  if (now !== undefined && before !== undefined && now !== before) {
    throw invalid('max_tokens', `says ${before} and max_completion_tokens ${now}: give one of them`);
  }
  return now ?? before;
}

const PENALTY = { min: -2, max: 2 };
/** OpenAI takes 4, others up to 16. */
const MAX_STOPS = 16;

function readSampling(body: JsonObject): Sampling {
  const temperature = numberField(body, 'temperature', '', { min: 0, max: 2 });
  const topP = numberField(body, 'top_p', '', { min: 0, max: 1 });
  // Not OpenAI's, but of nearly everybody who is compatible.
  const topK = countField(body, 'top_k', '', { min: -1, max: 1_000_000 });
  const frequencyPenalty = numberField(body, 'frequency_penalty', '', PENALTY);
  const presencePenalty = numberField(body, 'presence_penalty', '', PENALTY);
  const seed = countField(body, 'seed', '', { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
  const stop = readStop(body);
  return {
    ...(temperature === undefined ? undefined : { temperature }),
    ...(topP === undefined ? undefined : { topP }),
    // 0 and -1 say that there is no bound.
    ...(topK === undefined || topK < 1 ? undefined : { topK }),
    ...(frequencyPenalty === undefined ? undefined : { frequencyPenalty }),
    ...(presencePenalty === undefined ? undefined : { presencePenalty }),
    ...(seed === undefined ? undefined : { seed }),
    ...(stop === undefined || stop.length === 0 ? undefined : { stop }),
  };
}

function readStop(body: JsonObject): readonly string[] | undefined {
  const stop = body['stop'];
  if (typeof stop === 'string') return [stop];
  if (isJsonObject(stop)) throw invalid('stop', 'must be a string or a list of strings');
  return textListField(body, 'stop', '', { maxItems: MAX_STOPS });
}

function readReasoning(body: JsonObject): Reasoning | undefined {
  const effort = wordField(body, 'reasoning_effort', '', REASONING_EFFORTS);
  return effort === undefined ? undefined : { effort };
}
