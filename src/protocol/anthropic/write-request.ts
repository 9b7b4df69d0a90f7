/** A request → the body of `POST /v1/messages`. */
import { Failure } from '../../core/failure.ts';
import type { GenerationRequest, Tool } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { WriteAs } from '../protocol.ts';
import { writeThinking } from './thinking.ts';
import { unsupported } from './unsupported.ts';
import { writeCache } from './write-blocks.ts';
import { writeTurns } from './write-turns.ts';

/** @throws Failure `unsupported` that names what Anthropic cannot do */
export function writeRequest(request: GenerationRequest, as: WriteAs): JsonObject {
  const { thinking, effort } = writeThinking(request, as);
  const { temperature, topP, topK, stop } = request.sampling;
  return {
    model: as.model,
    max_tokens: as.maxOutputTokens,
    ...writePrompt(request),
    ...(thinking === undefined ? undefined : { thinking }),
    ...writeOutputConfig(request, effort),
    ...(temperature === undefined ? undefined : { temperature }),
    ...(topP === undefined ? undefined : { top_p: topP }),
    ...(topK === undefined ? undefined : { top_k: topK }),
    ...(stop === undefined || stop.length === 0 ? undefined : { stop_sequences: stop }),
    ...(request.user === undefined ? undefined : { metadata: { user_id: request.user } }),
    ...(request.stream ? { stream: true } : undefined),
  };
}

/** What counts as input: the part that the counting of tokens asks with, too. */
export function writePrompt(request: GenerationRequest): JsonObject {
  const missing = unsupported(request);
  if (missing.length > 0) {
    throw new Failure('unsupported', `Anthropic's Messages API has no ${missing.join(', no ')}`.slice(0, 500));
  }
  const { system, messages } = writeTurns(request);
  return {
    ...(system.length === 0 ? undefined : { system }),
    messages,
    ...(request.tools.length === 0 ? declareCalled(request) : { tools: request.tools.map(writeTool) }),
    ...writeToolChoice(request),
  };
}

/** Calls in the history want their tools declared, also where none may be called any more. */
function declareCalled(request: GenerationRequest): JsonObject | undefined {
  const names = new Set<string>();
  for (const message of request.messages) {
    if (message.role !== 'assistant') continue;
    for (const part of message.content) if (part.kind === 'tool_call') names.add(part.name);
  }
  if (names.size === 0) return undefined;
  const tools = [...names].map((name) => ({ name, input_schema: { type: 'object' } }));
  return { tools, tool_choice: { type: 'none' } };
}

function writeTool(tool: Tool): JsonObject {
  return {
    name: tool.name,
    ...(tool.description === undefined ? undefined : { description: tool.description }),
    // A tool without parameters is `{}` elsewhere; here the type must be said.
    input_schema: { type: 'object', ...tool.parameters },
    ...(tool.strict === true ? { strict: true } : undefined),
    ...writeCache(tool.cache),
  };
}

function writeToolChoice(request: GenerationRequest): JsonObject | undefined {
  if (request.tools.length === 0) return undefined;
  const single = request.parallelToolCalls === false ? { disable_parallel_tool_use: true } : undefined;
  const choice = request.toolChoice;
  switch (choice?.kind) {
    case undefined:
      return single === undefined ? undefined : { tool_choice: { type: 'auto', ...single } };
    case 'none':
      return { tool_choice: { type: 'none' } };
    case 'auto':
      return { tool_choice: { type: 'auto', ...single } };
    case 'required':
      return { tool_choice: { type: 'any', ...single } };
    case 'tool':
      return { tool_choice: { type: 'tool', name: choice.name, ...single } };
  }
}

/** The schema's name and description have no place here and do not change what fits it. */
function writeOutputConfig(request: GenerationRequest, effort: string | undefined): JsonObject | undefined {
  const format =
    request.output.kind === 'json_schema'
      ? { format: { type: 'json_schema', schema: request.output.schema } }
      : undefined;
  if (format === undefined && effort === undefined) return undefined;
  return { output_config: { ...(effort === undefined ? undefined : { effort }), ...format } };
}
