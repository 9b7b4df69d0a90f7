/** `tools` and `tool_choice`, and `functions` and `function_call`, which were their names before. */
import type { Tool, ToolChoice } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { asObject, booleanField, invalid, listField, pathOf, requiredText, shown, textField } from '../fields.ts';
import { checkToolName, checkToolSchema, MAX_TOOLS } from '../tool-schema.ts';
import { readCacheMark } from './cache-mark.ts';

const MAX_NAME_CHARS = 64;

/** @param unkept gets tools that are no functions */
export function readTools(body: JsonObject, unkept: string[]): readonly Tool[] {
  const tools: Tool[] = [];
  const names = new Set<string>();
  const add = (said: Json | undefined, at: string, marked: JsonObject): void => {
    const tool = readFunction(asObject(said, at), at, marked);
    if (names.has(tool.name)) throw invalid(pathOf(at, 'name'), `there is another tool called ${shown(tool.name)}`);
    names.add(tool.name);
    tools.push(tool);
  };
  for (const [index, item] of (listField(body, 'tools', '', { maxItems: MAX_TOOLS }) ?? []).entries()) {
    const at = `tools[${index}]`;
    const tool = asObject(item, at);
    const type = requiredText(tool, 'type', at);
    if (type === 'function') add(tool['function'], `${at}.function`, tool);
    else if (type === 'custom') unkept.push(`${at}.custom`);
    else throw invalid(`${at}.type`, `must be function or custom, not ${shown(type)}`);
  }
  for (const [index, item] of (listField(body, 'functions', '', { maxItems: MAX_TOOLS }) ?? []).entries()) {
    const at = `functions[${index}]`;
    add(item, at, asObject(item, at));
  }
  return tools;
}

function readFunction(said: JsonObject, at: string, marked: JsonObject): Tool {
  const description = textField(said, 'description', at);
  const strict = booleanField(said, 'strict', at);
  const cache = readCacheMark(marked);
  return {
    name: checkToolName(requiredText(said, 'name', at), `${at}.name`, MAX_NAME_CHARS),
    ...(description === undefined ? undefined : { description }),
    parameters: checkToolSchema(said['parameters'], `${at}.parameters`),
    ...(strict === undefined ? undefined : { strict }),
    ...(cache === undefined ? undefined : { cache }),
  };
}

export function readToolChoice(body: JsonObject, tools: readonly Tool[], unkept: string[]): ToolChoice | undefined {
  const said = body['tool_choice'] ?? undefined;
  if (said === undefined) return readFunctionCall(body, tools);
  if (tools.length === 0 && !hasItems(body['tools'])) throw invalid('tool_choice', 'is allowed only beside tools');
  if (typeof said === 'string') return choiceOfWord(said);
  const choice = asObject(said, 'tool_choice');
  const type = requiredText(choice, 'type', 'tool_choice');
  switch (type) {
    case 'function':
      return chosen(choice['function'], 'tool_choice.function', tools);
    case 'allowed_tools':
    case 'custom':
      unkept.push(`tool_choice.${type}`);
      return undefined;
    default:
      throw invalid('tool_choice.type', `must be function, allowed_tools or custom, not ${shown(type)}`);
  }
}

function choiceOfWord(word: string): ToolChoice {
  if (word === 'auto' || word === 'none' || word === 'required') return { kind: word };
  throw invalid('tool_choice', `must be auto, none, required or an object, not ${shown(word)}`);
}

/** The old spelling; `unkept` names it already, as a field of the body. */
function readFunctionCall(body: JsonObject, tools: readonly Tool[]): ToolChoice | undefined {
  const said = body['function_call'] ?? undefined;
  if (said === undefined) return undefined;
  if (!hasItems(body['functions'])) throw invalid('function_call', 'is allowed only beside functions');
  if (said === 'auto' || said === 'none') return { kind: said };
  if (isJsonObject(said)) return chosen(said, 'function_call', tools);
  throw invalid('function_call', `must be auto, none or an object, not ${shown(said)}`);
}

function chosen(said: Json | undefined, at: string, tools: readonly Tool[]): ToolChoice {
  const name = requiredText(asObject(said, at), 'name', at);
  if (tools.some((tool) => tool.name === name)) return { kind: 'tool', name };
  throw invalid(`${at}.name`, `there is no tool called ${shown(name)}`);
}

const hasItems = (value: Json | undefined): boolean => Array.isArray(value) && value.length > 0;
