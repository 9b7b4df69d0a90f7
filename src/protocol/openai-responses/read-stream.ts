/**
 * Server-sent events of a response → events. The end is `response.completed` or `response.incomplete`. What a vendor
 * does not stream in pieces is taken from the item when it is done.
 */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import type { StreamReader } from '../protocol.ts';
import { countAt, malformed, objectAt, parseDocument, textAt } from '../vendor-document.ts';
import { argumentsOf, callIdOf, encryptedOf, isToolCall, readSaid, thoughtOf } from './read-items.ts';
import { SUMMARY_BREAK } from './read-reasoning-item.ts';
import { createResponseMeter, type ResponseMeter } from './response-meter.ts';
import { markEncrypted } from './thought-signature.ts';

export function createStreamReader(): StreamReader {
  return new Reader();
}

const NONE: readonly StreamEvent[] = [];
/** Of one answer; more is a vendor gone wrong, and each is remembered. */
const MAX_ITEMS = 4096;

/** What was told of an item. */
interface Item {
  /** Of a call, counted from 0; else -1. */
  call: number;
  hasPieces: boolean;
}

/** A class because it is one object a stream. */
class Reader implements StreamReader {
  readonly #meter: ResponseMeter = createResponseMeter();
  /** By their place. */
  readonly #items = new Map<number, Item>();
  #calls = 0;
  #isOver = false;

  read(type: string, data: string): readonly StreamEvent[] {
    // Some endpoints end with the marker of chat completions.
    if (this.#isOver || data === '[DONE]') return NONE;
    const document = parseDocument(data);
    if (!isJsonObject(document)) return this.#fail('a message is no JSON object');
    const kind = textAt(document, 'type') ?? type;
    const metered = this.#meter.read(kind, document);
    if (metered.length > 0) {
      const last = metered[metered.length - 1]?.kind;
      this.#isOver = last === 'end' || last === 'error';
      return metered;
    }
    if (!this.#meter.isStarted()) return kind.startsWith('response.') ? this.#fail(`${kind} came first`) : NONE;
    return this.#content(kind, document);
  }

  #content(kind: string, document: JsonObject): readonly StreamEvent[] {
    switch (kind) {
      case 'response.output_text.delta':
        return this.#piece('text', document);
      case 'response.refusal.delta':
        this.#meter.seen.refusal = true;
        return this.#piece('refusal', document);
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#piece('reasoning', document);
      case 'response.reasoning_summary_part.added':
        return (countAt(document, 'summary_index') ?? 0) > 0 ? [{ kind: 'reasoning', text: SUMMARY_BREAK }] : NONE;
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#arguments(document);
      case 'response.output_item.added':
        return this.#added(document);
      case 'response.output_item.done':
        return this.#done(document);
      default:
        return NONE;
    }
  }

  #piece(kind: 'text' | 'refusal' | 'reasoning', document: JsonObject): readonly StreamEvent[] {
    const text = textAt(document, 'delta') ?? '';
    const item = this.#item(document);
    if (item === undefined) return this.#fail(`more than ${MAX_ITEMS} items`);
    if (text === '') return NONE;
    item.hasPieces = true;
    return [{ kind, text }];
  }

  #arguments(document: JsonObject): readonly StreamEvent[] {
    const item = this.#item(document);
    if (item === undefined || item.call === -1) return this.#fail('arguments stand before their call');
    const text = textAt(document, 'delta') ?? '';
    if (text === '') return NONE;
    item.hasPieces = true;
    return [{ kind: 'tool_arguments', index: item.call, text }];
  }

  #added(document: JsonObject): readonly StreamEvent[] {
    const said = objectAt(document, 'item');
    const item = this.#item(document);
    if (item === undefined) return this.#fail(`more than ${MAX_ITEMS} items`);
    return said !== undefined && isToolCall(said) ? this.#call(item, said) : NONE;
  }

  #call(item: Item, said: JsonObject): readonly StreamEvent[] {
    if (item.call !== -1) return NONE;
    const index = this.#calls;
    this.#calls += 1;
    item.call = index;
    this.#meter.seen.toolCalls = true;
    const id = callIdOf(said);
    return [{ kind: 'tool_call', index, id: id === '' ? `call_${index}` : id, name: textAt(said, 'name') ?? '' }];
  }

  #done(document: JsonObject): readonly StreamEvent[] {
    const said = objectAt(document, 'item');
    if (said === undefined) return NONE;
    const item = this.#item(document);
    if (item === undefined) return this.#fail(`more than ${MAX_ITEMS} items`);
    if (isToolCall(said)) {
      const call = this.#call(item, said);
      const text = item.hasPieces ? '' : argumentsOf(said);
      item.hasPieces = true;
      return text === '' ? call : [...call, { kind: 'tool_arguments', index: item.call, text }];
    }
    const events: StreamEvent[] = [];
    if (said['type'] === 'message' && !item.hasPieces) {
      for (const part of readSaid(said)) {
        if (part.kind === 'refusal') this.#meter.seen.refusal = true;
        events.push(part);
      }
    }
    if (said['type'] === 'reasoning') {
      const text = item.hasPieces ? '' : thoughtOf(said);
      const encrypted = encryptedOf(said);
      if (text !== '') events.push({ kind: 'reasoning', text });
      if (encrypted !== undefined) {
        events.push({ kind: 'reasoning_signature', signature: markEncrypted(encrypted) });
      }
    }
    item.hasPieces = true;
    return events;
  }

  /** @returns undefined where there are more than any answer has */
  #item(document: JsonObject): Item | undefined {
    const place = countAt(document, 'output_index') ?? 0;
    const known = this.#items.get(place);
    if (known !== undefined) return known;
    if (this.#items.size >= MAX_ITEMS) return undefined;
    const item: Item = { call: -1, hasPieces: false };
    this.#items.set(place, item);
    return item;
  }

  #fail(why: string): readonly StreamEvent[] {
    this.#isOver = true;
    return [{ kind: 'error', failure: malformed(`malformed stream: ${why}`) }];
  }
}
