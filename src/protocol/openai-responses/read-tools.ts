/** `tools` and `tool_choice`: functions are read, tools that the vendor itself works are named. */
import type { Tool, ToolChoice } from '../../core/generation.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { asObject, booleanField, invalid, listField, otherFields, requiredText, shown, textField } from '../fields.ts';
import { checkToolName, checkToolSchema, MAX_TOOLS } from '../tool-schema.ts';

const MAX_NAME_CHARS = 128;
/** Of a kind of tool, as it is shown. */
const MAX_KIND_CHARS = 64;

/** @param unkept gets tools that are no functions, such as `tools[1] (web_search)` */
export function readTools(body: JsonObject, unkept: string[]): readonly Tool[] {
  const tools: Tool[] = [];
  const names = new Set<string>();
  for (const [index, item] of (listField(body, 'tools', '', { maxItems: MAX_TOOLS }) ?? []).entries()) {
    const at = `tools[${index}]`;
    const said = asObject(item, at);
    const type = requiredText(said, 'type', at);
    if (type !== 'function') {
      unkept.push(`${at} (${type.slice(0, MAX_KIND_CHARS)})`);
      continue;
    }
    const tool = readFunction(said, at);
    for (const name of otherFields(said, FUNCTION_FIELDS)) unkept.push(`${at}.${name}`);
    if (names.has(tool.name)) throw invalid(`${at}.name`, `there is another tool called ${shown(tool.name)}`);
    names.add(tool.name);
    tools.push(tool);
  }
  return tools;
}

const FUNCTION_FIELDS: ReadonlySet<string> = new Set(['description', 'name', 'parameters', 'strict', 'type']);

function readFunction(said: JsonObject, at: string): Tool {
  const description = textField(said, 'description', at);
  const strict = booleanField(said, 'strict', at);
  return {
    name: checkToolName(requiredText(said, 'name', at), `${at}.name`, MAX_NAME_CHARS),
    ...(description === undefined ? undefined : { description }),
    parameters: checkToolSchema(said['parameters'], `${at}.parameters`),
    ...(strict === undefined ? undefined : { strict }),
  };
}

/** @param unkept gets choices among the vendor's own tools, such as `tool_choice (allowed_tools)` */
export function readToolChoice(body: JsonObject, tools: readonly Tool[], unkept: string[]): ToolChoice | undefined {
  const said = body['tool_choice'] ?? undefined;
  if (said === undefined) return undefined;
  if (typeof said === 'string') return choiceOfWord(said, body['tools']);
  const choice = asObject(said, 'tool_choice');
  const type = requiredText(choice, 'type', 'tool_choice');
  if (type !== 'function') {
    unkept.push(`tool_choice (${type.slice(0, MAX_KIND_CHARS)})`);
    return undefined;
  }
  const name = requiredText(choice, 'name', 'tool_choice');
  if (tools.some((tool) => tool.name === name)) return { kind: 'tool', name };
  throw invalid('tool_choice.name', `there is no tool called ${shown(name)}`);
}

/** Clients send `auto` and `none` without tools too. */
function choiceOfWord(word: string, tools: Json | undefined): ToolChoice | undefined {
  const hasTools = Array.isArray(tools) && tools.length > 0;
  switch (word) {
    case 'auto':
    case 'none':
      return hasTools ? { kind: word } : undefined;
    case 'required':
      if (!hasTools) throw invalid('tool_choice', 'may be required only beside tools');
      return { kind: word };
    default:
      throw invalid('tool_choice', `must be auto, none, required or an object, not ${shown(word)}`);
  }
}
