/** `tools` and `tool_choice` of a request. Tools that run at Anthropic, or that it defines, are named as not kept. */
import type { Tool, ToolChoice } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import { asObject, booleanField, invalid, listField, objectField, requiredText, shown, textField } from '../fields.ts';
import { checkToolName, checkToolSchema, MAX_TOOLS } from '../tool-schema.ts';
import { readCache } from './read-blocks.ts';
import type { Unkept } from './unkept.ts';

const MAX_NAME_CHARS = 128;

export interface ToolsField {
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
}

export function readTools(body: JsonObject, unkept: Unkept): ToolsField {
  const tools: Tool[] = [];
  const names = new Set<string>();
  /** A set of tools in one entry: their names are Anthropic's. */
  let unnamed = false;
  for (const [index, item] of (listField(body, 'tools', '', { maxItems: MAX_TOOLS }) ?? []).entries()) {
    const at = `tools[${index}]`;
    const fields = asObject(item, at);
    const type = textField(fields, 'type', at) ?? 'custom';
    const name = type === 'custom' ? requiredText(fields, 'name', at) : textField(fields, 'name', at);
    if (name === undefined) unnamed = true;
    else if (names.has(name)) throw invalid(`${at}.name`, `there are two tools of the name ${shown(name)}`);
    else names.add(name);
    if (type === 'custom') tools.push(readTool(fields, at, unkept));
    else unkept.add(at, type);
  }
  return { tools, ...readToolChoice(body, names, unnamed) };
}

function readTool(fields: JsonObject, at: string, unkept: Unkept): Tool {
  const description = textField(fields, 'description', at);
  const strict = booleanField(fields, 'strict', at);
  if ((fields['input_schema'] ?? undefined) === undefined) throw invalid(`${at}.input_schema`, 'is required');
  // Who may call it, and when it is shown to the model: of Anthropic's own tools.
  if (booleanField(fields, 'defer_loading', at) === true) unkept.add(`${at}.defer_loading`);
  for (const name of ['allowed_callers', 'input_examples']) {
    if ((fields[name] ?? undefined) !== undefined) unkept.add(`${at}.${name}`);
  }
  return {
    name: checkToolName(requiredText(fields, 'name', at), `${at}.name`, MAX_NAME_CHARS),
    ...(description === undefined ? undefined : { description }),
    parameters: checkToolSchema(fields['input_schema'], `${at}.input_schema`),
    ...(strict === undefined ? undefined : { strict }),
    ...readCache(fields, at),
  };
}

function readToolChoice(
  body: JsonObject,
  names: ReadonlySet<string>,
  unnamed: boolean,
): Omit<ToolsField, 'tools'> | undefined {
  const choice = objectField(body, 'tool_choice', '');
  if (choice === undefined) return undefined;
  const single = booleanField(choice, 'disable_parallel_tool_use', 'tool_choice');
  const parallel = single === undefined ? undefined : { parallelToolCalls: !single };
  const type = choice['type'];
  switch (type) {
    case 'auto':
      return { toolChoice: { kind: 'auto' }, ...parallel };
    case 'none':
      return { toolChoice: { kind: 'none' } };
    case 'any':
      if (names.size === 0 && !unnamed) throw invalid('tool_choice', 'asks for a tool, and there are no tools');
      return { toolChoice: { kind: 'required' }, ...parallel };
    case 'tool': {
      const name = requiredText(choice, 'name', 'tool_choice');
      if (!names.has(name) && !unnamed) throw invalid('tool_choice.name', `no tool has the name ${shown(name)}`);
      return { toolChoice: { kind: 'tool', name }, ...parallel };
    }
    default:
      throw invalid('tool_choice.type', `must be one of auto, any, tool, none, not ${shown(type)}`);
  }
}
