/**
 * `messages` → turns. Results of one assistant's calls stand together in one turn; each must answer a call of the
 * assistant's message before it, and each call must be answered before somebody else speaks.
 */
import type { AssistantPart, Message, ToolResult } from '../../core/generation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { asList, asObject, invalid, otherFields, requiredText, shown, textField, tooLarge } from '../fields.ts';
import { readSaid, readTexts, readUserContent } from './read-parts.ts';

const MAX_MESSAGES = 10_000;
const MAX_CALLS = 256;

/** @param unkept gets fields of messages that have no word in core */
export function readMessages(body: JsonObject, unkept: string[]): readonly Message[] {
  if (body['messages'] === undefined || body['messages'] === null) throw invalid('messages', 'is required');
  const list = asList(body['messages'], 'messages');
  if (list.length === 0) throw invalid('messages', 'must not be empty');
  if (list.length > MAX_MESSAGES) throw tooLarge('messages', `must be at most ${MAX_MESSAGES}, not ${list.length}`);
  const reader = new MessagesReader(unkept);
  for (const [index, item] of list.entries()) reader.read(asObject(item, `messages[${index}]`), index);
  return reader.end();
}

/** A class for what it must know of the message before. */
class MessagesReader {
  readonly #unkept: string[];
  readonly #messages: Message[] = [];
  /** Calls that wait for their result: id → the field that made them. */
  readonly #open = new Map<string, string>();
  #results: ToolResult[] = [];

  constructor(unkept: string[]) {
    this.#unkept = unkept;
  }

  read(message: JsonObject, index: number): void {
    const at = `messages[${index}]`;
    const role = requiredText(message, 'role', at);
    if (role === 'tool' || role === 'function') {
      this.#result(message, role, at);
      return;
    }
    this.#closeCalls();
    switch (role) {
      case 'system':
      case 'developer':
        this.#name(message, INSTRUCTION_FIELDS, at);
        this.#messages.push({ role: 'system', content: readTexts(message['content'], `${at}.content`, this.#unkept) });
        return;
      case 'user': {
        this.#name(message, INSTRUCTION_FIELDS, at);
        const content = readUserContent(message['content'], `${at}.content`, this.#unkept);
        this.#messages.push({ role: 'user', content });
        return;
      }
      case 'assistant':
        this.#assistant(message, at);
        return;
      default:
        throw invalid(`${at}.role`, `must be system, developer, user, assistant or tool, not ${shown(role)}`);
    }
  }

  end(): readonly Message[] {
    this.#closeCalls();
    return this.#messages;
  }

  #assistant(message: JsonObject, at: string): void {
    this.#name(message, ASSISTANT_FIELDS, at);
    const content: AssistantPart[] = [];
    const thought = textField(message, 'reasoning_content', at) ?? textField(message, 'reasoning', at);
    if (thought !== undefined && thought !== '') content.push({ kind: 'reasoning', text: thought });
    content.push(...readSaid(message['content'], `${at}.content`, this.#unkept));
    const refusal = textField(message, 'refusal', at);
    if (refusal !== undefined) content.push({ kind: 'refusal', text: refusal });
    this.#calls(message, at, content);
    const isElsewhere = isJsonObject(message['audio']);
    if (content.length === 0 && message['content'] !== '' && !isElsewhere) {
      throw invalid(`${at}.content`, 'is required where there are no tool calls');
    }
    this.#messages.push({ role: 'assistant', content });
  }

  #calls(message: JsonObject, at: string, content: AssistantPart[]): void {
    const said: Json | undefined = message['tool_calls'] ?? undefined;
    const calls = said === undefined ? [] : asList(said, `${at}.tool_calls`);
    if (calls.length > MAX_CALLS)
      throw tooLarge(`${at}.tool_calls`, `must be at most ${MAX_CALLS}, not ${calls.length}`);
    for (const [index, item] of calls.entries()) {
      const where = `${at}.tool_calls[${index}]`;
      const call = asObject(item, where);
      const id = requiredText(call, 'id', where);
      if (this.#open.has(id)) throw invalid(`${where}.id`, `there is another call with the id ${shown(id)}`);
      this.#open.set(id, where);
      if (call['type'] === 'custom') {
        this.#unkept.push(`${where}.custom`);
        continue;
      }
      const made = asObject(call['function'], `${where}.function`);
      content.push({ kind: 'tool_call', id, ...readCall(made, `${where}.function`) });
    }
    if (message['function_call'] === undefined || message['function_call'] === null) return;
    const where = `${at}.function_call`;
    const made = readCall(asObject(message['function_call'], where), where);
    this.#unkept.push(where);
    this.#open.set(made.name, where);
    content.push({ kind: 'tool_call', id: made.name, ...made });
  }

  #result(message: JsonObject, role: 'tool' | 'function', at: string): void {
    this.#name(message, RESULT_FIELDS, at);
    // Before there were ids, a function was answered by its name.
    const idField = role === 'tool' ? 'tool_call_id' : 'name';
    const callId = requiredText(message, idField, at);
    if (!this.#open.delete(callId)) {
      throw invalid(`${at}.${idField}`, `no tool call before it waits for a result with the id ${shown(callId)}`);
    }
    const content = readUserContent(message['content'] ?? '', `${at}.content`, this.#unkept);
    const readable: ToolResult['content'][number][] = [];
    for (const part of content) {
      if (part.kind === 'audio') throw invalid(`${at}.content`, 'a result of a tool has no audio');
      readable.push(part);
    }
    this.#results.push({ callId, content: readable });
  }

  #closeCalls(): void {
    for (const [id, at] of this.#open) throw invalid(at, `the tool call ${shown(id)} has no result behind it`);
    if (this.#results.length === 0) return;
    this.#messages.push({ role: 'tool', results: this.#results });
    this.#results = [];
  }

  #name(message: JsonObject, known: ReadonlySet<string>, at: string): void {
    for (const name of otherFields(message, known)) this.#unkept.push(`${at}.${name}`);
  }
}

function readCall(call: JsonObject, at: string): { readonly name: string; readonly arguments: string } {
  return { name: requiredText(call, 'name', at), arguments: textField(call, 'arguments', at) ?? '' };
}

/** `name` is not among them: who speaks may change the answer. */
const INSTRUCTION_FIELDS: ReadonlySet<string> = new Set(['role', 'content', 'cache_control']);
/** The name of a result is that of its call. */
const RESULT_FIELDS: ReadonlySet<string> = new Set(['role', 'content', 'name', 'tool_call_id', 'cache_control']);
/** Annotations and details of thought are what an answer had; sending them back changes nothing. */
const ASSISTANT_FIELDS: ReadonlySet<string> = new Set([
  'annotations',
  'cache_control',
  'content',
  'function_call',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'reasoning_signature',
  'refusal',
  'role',
  'thinking_blocks',
  'tool_calls',
]);
