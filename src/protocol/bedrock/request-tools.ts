/**
 * Tools and their choice → `toolConfig` of Converse. It has no word for "none" and for "one call at a time": Claude is
 * told in its own spelling, beside it. Converse wants tools declared whenever the history has calls, so where a request
 * has none any more, those that were called are declared without a schema, and Claude is told to call none.
 */
import type { GenerationRequest, ToolChoice } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { hasLongName, LONG_NAME } from '../tool-schema.ts';
import type { Refuse } from './media.ts';
import type { ModelFamily } from './model-family.ts';
import { cachePoint } from './request-messages.ts';

export interface WrittenTools {
  readonly toolConfig?: JsonObject;
  /** Claude's own `tool_choice`, for `additionalModelRequestFields`. */
  readonly toolChoice?: JsonObject;
}

export function writeTools(
  request: GenerationRequest,
  calledTools: ReadonlySet<string>,
  family: ModelFamily,
  refuse: Refuse,
): WrittenTools {
  const { tools, toolChoice } = request;
  if (tools.length === 0) return calledTools.size === 0 ? {} : writeCalledTools(calledTools, family, refuse);
  if (tools.some(hasLongName)) refuse(LONG_NAME);
  const declared = tools.flatMap((tool) => {
    const point = cachePoint(tool.cache, family);
    return point === undefined ? [writeTool(tool)] : [writeTool(tool), point];
  });
  if (toolChoice?.kind === 'none') {
    if (family.kind === 'claude') return { toolConfig: { tools: declared }, toolChoice: { type: 'none' } };
    if (calledTools.size > 0) refuse('tool_choice none after tool calls');
    return {};
  }
  if (request.parallelToolCalls === false) {
    if (family.kind !== 'claude') refuse('parallel_tool_calls false');
    return { toolConfig: { tools: declared }, toolChoice: oneCallAtATime(toolChoice) };
  }
  const chosen = toolChoice === undefined ? undefined : { toolChoice: writeChoice(toolChoice) };
  return { toolConfig: { tools: declared, ...chosen } };
}

function writeTool({ name, description, parameters, strict }: GenerationRequest['tools'][number]): JsonObject {
  return {
    toolSpec: {
      name,
      ...(description === undefined || description === '' ? undefined : { description }),
      inputSchema: { json: parameters },
      ...(strict === true ? { strict } : undefined),
    },
  };
}

function writeChoice(choice: ToolChoice): JsonObject {
  switch (choice.kind) {
    case 'auto':
    case 'none':
      return { auto: {} };
    case 'required':
      return { any: {} };
    case 'tool':
      return { tool: { name: choice.name } };
  }
}

function oneCallAtATime(choice: ToolChoice | undefined): JsonObject {
  const only = { disable_parallel_tool_use: true };
  if (choice?.kind === 'tool') return { type: 'tool', name: choice.name, ...only };
  return { type: choice?.kind === 'required' ? 'any' : 'auto', ...only };
}

function writeCalledTools(calledTools: ReadonlySet<string>, family: ModelFamily, refuse: Refuse): WrittenTools {
  if (family.kind !== 'claude') refuse('tool calls in the history without tools');
  const tools = [...calledTools].map((name) => writeTool({ name, parameters: { type: 'object' } }));
  return { toolConfig: { tools }, toolChoice: { type: 'none' } };
}
