/**
 * `instructions` and `input` → turns. Items of one speaker that follow one another are one turn: what an assistant
 * thought, said and called, and the results of its calls. A result must answer a call before it, and each call must be
 * answered; where only the vendor knows what came before, it judges that itself.
 */
import type { AssistantPart, Message, ToolResult } from '../../core/generation.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { asList, asObject, invalid, otherFields, requiredText, shown, textField, tooLarge } from '../fields.ts';
import { readResultContent, readSaid, readTexts, readUserContent } from './read-parts.ts';
import { readReasoningItem } from './read-reasoning-item.ts';

const MAX_ITEMS = 10_000;

/** @param unkept gets items, and fields of items, that have no word in core */
export function readInput(body: JsonObject, unkept: string[]): readonly Message[] {
  const isElsewhere = BEFORE.some((name) => body[name] !== undefined && body[name] !== null);
  const reader = new InputReader(isElsewhere, unkept);
  const instructions = textField(body, 'instructions', '');
  if (instructions !== undefined) reader.instruct(instructions);
  const input = body['input'] ?? undefined;
  if (input === undefined) {
    if (!isElsewhere) throw invalid('input', 'is required');
  } else if (typeof input === 'string') reader.ask(input);
  else if (isJsonObject(input)) throw invalid('input', 'must be a string or a list of items');
  else {
    const list = asList(input, 'input');
    if (list.length === 0 && !isElsewhere) throw invalid('input', 'must not be empty');
    if (list.length > MAX_ITEMS) throw tooLarge('input', `must have at most ${MAX_ITEMS} items, not ${list.length}`);
    for (const [index, item] of list.entries()) reader.read(asObject(item, `input[${index}]`), `input[${index}]`);
  }
  return reader.end();
}

/** Where the vendor keeps what was said before; `unkept` names them, as fields of the body. */
const BEFORE = ['previous_response_id', 'conversation', 'prompt'] as const;

/** A class for what it must know of the items before. */
class InputReader {
  readonly #unkept: string[];
  readonly #messages: Message[] = [];
  #assistant: AssistantPart[] | undefined;
  #results: ToolResult[] | undefined;
  /** Calls that wait for their result: id → the item that made them. */
  readonly #open = new Map<string, string>();
  /** Of those, calls behind which somebody else spoke. */
  readonly #late = new Set<string>();
  /** The vendor knows calls that we do not see. */
  #isElsewhere: boolean;

  constructor(isElsewhere: boolean, unkept: string[]) {
    this.#isElsewhere = isElsewhere;
    this.#unkept = unkept;
  }

  instruct(text: string): void {
    this.#messages.push({ role: 'system', content: [{ kind: 'text', text }] });
  }

  ask(text: string): void {
    this.#messages.push({ role: 'user', content: [{ kind: 'text', text }] });
  }

  read(item: JsonObject, at: string): void {
    // A message needs no type where it has a role.
    const type = textField(item, 'type', at) ?? (item['role'] === undefined ? undefined : 'message');
    switch (type) {
      case undefined:
        throw invalid(`${at}.type`, 'is required');
      case 'message':
        this.#message(item, at);
        return;
      case 'function_call':
        this.#call(item, at);
        return;
      case 'function_call_output':
        this.#result(item, at);
        return;
      case 'reasoning': {
        const thought = readReasoningItem(item, at);
        if (thought !== undefined) this.#say(thought);
        return;
      }
      case 'item_reference':
        this.#isElsewhere = true;
        this.#unkept.push(`${at} (item_reference)`);
        return;
      default:
        // Calls of the vendor's own tools, and whatever it adds.
        this.#unkept.push(`${at} (${clipped(type)})`);
    }
  }

  end(): readonly Message[] {
    this.#closeTurn();
    if (!this.#isElsewhere) {
      for (const [id, at] of this.#open) throw invalid(at, `the tool call ${shown(id)} has no result behind it`);
    }
    // What the vendor alone knows is its to answer; there is a turn, and nothing in it.
    if (!this.#messages.some(({ role }) => role !== 'system')) this.#messages.push({ role: 'user', content: [] });
    return this.#messages;
  }

  #message(item: JsonObject, at: string): void {
    const role = requiredText(item, 'role', at);
    const where = `${at}.content`;
    this.#name(item, MESSAGE_FIELDS, at);
    switch (role) {
      case 'system':
      case 'developer':
        this.#closeTurn();
        this.#messages.push({ role: 'system', content: readTexts(item['content'], where, this.#unkept) });
        return;
      case 'user':
        this.#closeTurn();
        this.#messages.push({ role: 'user', content: readUserContent(item['content'], where, this.#unkept) });
        return;
      case 'assistant': {
        const said = readSaid(item['content'], where, this.#unkept);
        this.#say(...said);
        return;
      }
      default:
        throw invalid(`${at}.role`, `must be user, assistant, system or developer, not ${shown(role)}`);
    }
  }

  #call(item: JsonObject, at: string): void {
    this.#name(item, CALL_FIELDS, at);
    const id = requiredText(item, 'call_id', at);
    if (this.#open.has(id)) throw invalid(`${at}.call_id`, `there is another call with the id ${shown(id)}`);
    const name = requiredText(item, 'name', at);
    this.#say({ kind: 'tool_call', id, name, arguments: textField(item, 'arguments', at) ?? '' });
    this.#open.set(id, at);
  }

  #result(item: JsonObject, at: string): void {
    this.#name(item, RESULT_FIELDS, at);
    const callId = requiredText(item, 'call_id', at);
    if (!this.#open.delete(callId) && !this.#isElsewhere) {
      throw invalid(`${at}.call_id`, `no tool call before it waits for a result with the id ${shown(callId)}`);
    }
    // Only OpenAI takes a result that others spoke before.
    if (this.#late.delete(callId)) this.#unkept.push(`${at} (behind another turn than its call)`);
    const content = readResultContent(item['output'], `${at}.output`, this.#unkept);
    if (this.#results === undefined) {
      this.#closeAssistant();
      this.#results = [];
    }
    this.#results.push({ callId, content });
  }

  #say(...parts: readonly AssistantPart[]): void {
    if (this.#results !== undefined) this.#closeTurn();
    this.#assistant ??= [];
    this.#assistant.push(...parts);
  }

  #closeAssistant(): void {
    if (this.#assistant === undefined) return;
    this.#messages.push({ role: 'assistant', content: this.#assistant });
    this.#assistant = undefined;
  }

  /** Who speaks next is another one. */
  #closeTurn(): void {
    this.#closeAssistant();
    for (const id of this.#open.keys()) this.#late.add(id);
    if (this.#results === undefined) return;
    this.#messages.push({ role: 'tool', results: this.#results });
    this.#results = undefined;
  }

  #name(item: JsonObject, known: ReadonlySet<string>, at: string): void {
    for (const name of otherFields(item, known)) this.#unkept.push(`${at}.${name}`);
  }
}

const clipped = (type: string): string => (type.length > 64 ? `${type.slice(0, 64)}…` : type);

/** `phase` says which of an assistant's messages was the last one, which their order says too. */
const MESSAGE_FIELDS: ReadonlySet<string> = new Set(['content', 'id', 'phase', 'role', 'status', 'type']);
const CALL_FIELDS: ReadonlySet<string> = new Set(['arguments', 'call_id', 'id', 'name', 'status', 'type']);
const RESULT_FIELDS: ReadonlySet<string> = new Set(['call_id', 'id', 'output', 'status', 'type']);
