/**
 * Chunks of a streamed chat completion → events. The end marker is `[DONE]`. Endpoints exist that leave it out: a body
 * that ends as HTTP says is whole without it if, and only if, a `finish_reason` was seen.
 */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import type { StreamReader } from '../protocol.ts';
import { listAt, malformed, objectAt, parseDocument, textAt } from '../vendor-document.ts';
import { readFinish } from './finish-reason.ts';
import { type CallPiece, readCalls, readPieces } from './read-content.ts';
import { readStreamError } from './read-error.ts';
import { readUsage } from './usage.ts';

export function createStreamReader(): StreamReader {
  return new Reader();
}

const NONE: readonly StreamEvent[] = [];
const END: readonly StreamEvent[] = [{ kind: 'end' }];
/** Of one answer; more is a vendor gone wrong, and each is remembered. */
const MAX_CALLS = 1024;

/** A class because it is one object a stream. */
class Reader implements StreamReader {
  #isStarted = false;
  #isFinished = false;
  #isOver = false;
  #refused = false;
  /** The vendor's index → ours and the id. */
  readonly #calls = new Map<number, { readonly index: number; readonly id: string }>();
  #callCount = 0;

  read(_type: string, data: string): readonly StreamEvent[] {
    if (this.#isOver) return NONE;
    if (data === '[DONE]') {
      this.#isOver = true;
      return END;
    }
    const chunk = parseDocument(data);
    if (!isJsonObject(chunk)) return this.#fail('a message is no JSON object');
    const error = chunk['error'] ?? undefined;
    if (error !== undefined) {
      this.#isOver = true;
      return [{ kind: 'error', failure: readStreamError(chunk) }];
    }
    return this.#chunk(chunk);
  }

  ended(): readonly StreamEvent[] {
    if (!this.#isFinished || this.#isOver) return NONE;
    this.#isOver = true;
    return END;
  }

  #chunk(chunk: JsonObject): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    const usage = readUsage(chunk['usage'], chunk['service_tier']);
    const choices = chunk['choices'];
    if (!Array.isArray(choices) && usage === undefined) return this.#fail('a chunk has no choices');
    if (!this.#isStarted) {
      this.#isStarted = true;
      events.push({ kind: 'start', id: textAt(chunk, 'id') ?? '', model: textAt(chunk, 'model') ?? '' });
    }
    for (const choice of listAt(chunk, 'choices')) {
      // Of several choices the first is the answer; all of them are only in the bytes.
      if (!isJsonObject(choice) || (choice['index'] ?? 0) !== 0) continue;
      const delta = objectAt(choice, 'delta');
      if (delta !== undefined && !this.#delta(delta, events)) return this.#fail(`more than ${MAX_CALLS} tool calls`);
      const reason = textAt(choice, 'finish_reason');
      if (reason === undefined || reason === '' || this.#isFinished) continue;
      this.#isFinished = true;
      const said = { toolCalls: this.#callCount > 0, refusal: this.#refused };
      events.push({ kind: 'finish', reason: readFinish(reason, said) });
    }
    if (usage !== undefined) events.push({ kind: 'usage', tokens: usage });
    return events;
  }

  /** @returns false where it holds more calls than any answer has */
  #delta(delta: JsonObject, events: StreamEvent[]): boolean {
    for (const piece of readPieces(delta)) events.push(piece);
    const refusal = textAt(delta, 'refusal');
    if (refusal !== undefined && refusal !== '') {
      this.#refused = true;
      events.push({ kind: 'refusal', text: refusal });
    }
    for (const call of readCalls(delta)) this.#call(call, events);
    return this.#callCount <= MAX_CALLS;
  }

  #call({ id, index: at, name, arguments: text }: CallPiece, events: StreamEvent[]): void {
    // Some endpoints send whole calls and count none of them.
    const place = at ?? (id === '' ? this.#callCount - 1 : this.#callCount);
    let known = this.#calls.get(place);
    // Google's compatible endpoint gives every call the index 0, and another id.
    if (known === undefined || (id !== '' && known.id !== id && name !== undefined)) {
      const index = this.#callCount;
      this.#callCount += 1;
      known = { index, id };
      this.#calls.set(place, known);
      events.push({ kind: 'tool_call', index, id: id === '' ? `call_${index}` : id, name: name ?? '' });
    }
    if (text !== '') events.push({ kind: 'tool_arguments', index: known.index, text });
  }

  #fail(why: string): readonly StreamEvent[] {
    this.#isOver = true;
    return [{ kind: 'error', failure: malformed(`malformed stream: ${why}`) }];
  }
}
