/** GenerateRequest → a request in the words of core, checked as every front door's: by name, before a token is spent. */

import { Failure } from '../../core/failure.ts';
import {
  type GenerationRequest,
  type OutputFormat,
  REASONING_EFFORTS,
  type Reasoning,
  type Sampling,
  type Tool,
  type ToolChoice,
} from '../../core/generation.ts';
import type { Json } from '../../core/json.ts';
import { countField, invalid, numberField, shown, tooLarge, wordField } from '../../protocol/fields.ts';
import { checkJsonSchema, checkToolName, checkToolSchema, MAX_TOOLS } from '../../protocol/tool-schema.ts';
import { checkCalls } from './check-calls.ts';
import type {
  GenerateRequestMessage,
  OutputFormatMessage,
  ReasoningMessage,
  SamplingMessage,
  ToolMessage,
} from './gateway-messages.ts';
import { readCache, readTurns } from './generate-turns.ts';

const MAX_TOKENS = { min: 1, max: 100_000_000 } as const;
const MAX_MODEL_CHARS = 256;
const MAX_NAME_CHARS = 64;
const MAX_STOPS = 16;

/** @throws Failure `invalid_request` or `too_large`, each with the field's name */
export function readGenerateRequest(message: GenerateRequestMessage, stream: boolean): GenerationRequest {
  const { model, user, tool_choice, parallel_tool_calls: parallelToolCalls, reasoning } = message;
  if (model !== undefined && (model.length < 1 || model.length > MAX_MODEL_CHARS)) {
    throw invalid('model', `must have 1 to ${MAX_MODEL_CHARS} characters, not ${model.length}`);
  }
  const messages = checkCalls(readTurns(message.messages));
  const tools = readTools(message.tools ?? []);
  const maxOutputTokens = countField(
    { max_output_tokens: message.max_output_tokens },
    'max_output_tokens',
    '',
    MAX_TOKENS,
  );
  return {
    kind: 'generation',
    protocol: 'turnpike',
    ...(model === undefined ? undefined : { model }),
    messages,
    tools,
    ...(tool_choice === undefined ? undefined : { toolChoice: readToolChoice(tool_choice, tools) }),
    ...(parallelToolCalls === undefined ? undefined : { parallelToolCalls }),
    output: readOutput(message.output),
    sampling: readSampling(message.sampling ?? {}),
    ...(reasoning === undefined ? undefined : { reasoning: readReasoning(reasoning) }),
    ...(maxOutputTokens === undefined ? undefined : { maxOutputTokens }),
    stream,
    ...(user === undefined ? undefined : { user }),
    body: NO_BODY,
    unkept: NOTHING,
  };
}

/** Bytes of protobuf are no vendor's body. */
const NO_BODY = {};
const NOTHING: readonly string[] = [];

function readTools(tools: readonly ToolMessage[]): readonly Tool[] {
  if (tools.length > MAX_TOOLS) throw tooLarge('tools', `must have at most ${MAX_TOOLS} items, not ${tools.length}`);
  const names = new Set<string>();
  return tools.map(({ name: said = '', description, parameters, strict, cache }, index) => {
    const at = `tools[${index}]`;
    const name = checkToolName(said, `${at}.name`, MAX_NAME_CHARS);
    if (names.has(name)) throw invalid(`${at}.name`, `there is another tool called ${shown(name)}`);
    names.add(name);
    return {
      name,
      ...(description === undefined ? undefined : { description }),
      parameters: checkToolSchema(
        parameters === undefined ? undefined : readJsonText(parameters, `${at}.parameters`),
        `${at}.parameters`,
      ),
      ...(strict === undefined ? undefined : { strict }),
      ...readCache(cache, at),
    };
  });
}

function readToolChoice(said: { readonly kind?: string; readonly name?: string }, tools: readonly Tool[]): ToolChoice {
  if (tools.length === 0) throw invalid('tool_choice', 'is allowed only beside tools');
  const kind = wordField({ kind: said.kind }, 'kind', 'tool_choice', ['auto', 'none', 'required', 'tool']);
  if (kind === undefined) throw invalid('tool_choice.kind', 'is required');
  if (kind !== 'tool') return { kind };
  const { name = '' } = said;
  if (tools.some((tool) => tool.name === name)) return { kind, name };
  throw invalid('tool_choice.name', `there is no tool called ${shown(name)}`);
}

function readOutput(said: OutputFormatMessage | undefined): OutputFormat {
  if (said === undefined) return { kind: 'text' };
  const kind = wordField({ kind: said.kind }, 'kind', 'output', ['text', 'json', 'json_schema']);
  if (kind === undefined) throw invalid('output.kind', 'is required');
  if (kind !== 'json_schema') return { kind };
  const { name = '', schema, description, strict } = said;
  if (schema === undefined) throw invalid('output.schema', 'is required with json_schema');
  return {
    kind,
    name: checkToolName(name, 'output.name', MAX_NAME_CHARS),
    schema: checkJsonSchema(readJsonText(schema, 'output.schema'), 'output.schema'),
    ...(description === undefined ? undefined : { description }),
    ...(strict === undefined ? undefined : { strict }),
  };
}

const PENALTY = { min: -2, max: 2 } as const;

function readSampling(said: SamplingMessage): Sampling {
  const fields = { ...said, stop: undefined };
  const temperature = numberField(fields, 'temperature', 'sampling', { min: 0, max: 2 });
  const topP = numberField(fields, 'top_p', 'sampling', { min: 0, max: 1 });
  const topK = countField(fields, 'top_k', 'sampling', { min: 1, max: 1_000_000 });
  const frequencyPenalty = numberField(fields, 'frequency_penalty', 'sampling', PENALTY);
  const presencePenalty = numberField(fields, 'presence_penalty', 'sampling', PENALTY);
  const { seed, stop = [] } = said;
  if (stop.length > MAX_STOPS)
    throw tooLarge('sampling.stop', `must have at most ${MAX_STOPS} items, not ${stop.length}`);
  if (stop.includes('')) throw invalid('sampling.stop', 'must not hold an empty text');
  return {
    ...(temperature === undefined ? undefined : { temperature }),
    ...(topP === undefined ? undefined : { topP }),
    ...(topK === undefined ? undefined : { topK }),
    ...(frequencyPenalty === undefined ? undefined : { frequencyPenalty }),
    ...(presencePenalty === undefined ? undefined : { presencePenalty }),
    ...(seed === undefined ? undefined : { seed }),
    ...(stop.length === 0 ? undefined : { stop }),
  };
}

function readReasoning(said: ReasoningMessage): Reasoning {
  const fields = { ...said };
  const effort = wordField(fields, 'effort', 'reasoning', REASONING_EFFORTS);
  const budgetTokens = countField(fields, 'budget_tokens', 'reasoning', MAX_TOKENS);
  const { adaptive, show } = said;
  return {
    ...(effort === undefined ? undefined : { effort }),
    ...(budgetTokens === undefined ? undefined : { budgetTokens }),
    ...(adaptive === undefined ? undefined : { adaptive }),
    ...(show === undefined ? undefined : { show }),
  };
}

const MAX_JSON_CHARS = 262_144;
/** What holds a schema to its depth looks at the value; this holds the text from becoming one that is dearer than that. */
const MAX_JSON_DEPTH = 64;

function readJsonText(text: string, at: string): Json {
  if (text.length > MAX_JSON_CHARS)
    throw tooLarge(at, `must have at most ${MAX_JSON_CHARS} characters, not ${text.length}`);
  checkDepth(text, at);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words quote the text.
    throw new Failure('invalid_request', `${at}: is not JSON`, { details: { param: at } });
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs;

function checkDepth(text: string, at: string): void {
  let depth = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > MAX_JSON_DEPTH) throw tooLarge(at, `must be nested at most ${MAX_JSON_DEPTH} deep`);
  }
}
