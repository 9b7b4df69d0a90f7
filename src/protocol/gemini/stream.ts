/**
 * Chunks of streamGenerateContent → events of a reply. There is no end marker: some models say `STOP` in every chunk,
 * and usage may come behind it. So the last reason counts, and it counts when the body has ended as it should; a body
 * that ends without one was cut.
 */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import type { StreamReader } from '../protocol.ts';
import { listAt, malformed, objectAt, parseDocument, textAt } from '../vendor-document.ts';
import { blocked, type Finish, readFinish } from './finish-reason.ts';
import { errorFailure } from './read-error.ts';
import { readPart } from './read-parts.ts';
import type { ReplyName } from './reply.ts';
import { readUsage } from './usage.ts';

const NOTHING: readonly StreamEvent[] = [];

/** @param name what a chunk may leave out */
export function createGenerateContentReader(name: ReplyName): StreamReader {
  return new GenerateContentReader(name);
}

/** A class: one object a stream, no closures. */
class GenerateContentReader implements StreamReader {
  readonly #name: ReplyName;
  #state = { id: '', calls: 0, isThinking: false };
  #started = false;
  #over = false;
  #finish: Extract<Finish, { kind: 'finish' }> | undefined;

  constructor(name: ReplyName) {
    this.#name = name;
  }

  read(_type: string, data: string): readonly StreamEvent[] {
    if (this.#over) return NOTHING;
    const chunk = parseDocument(data);
    if (!isJsonObject(chunk)) return [this.#fail(malformed('an event of the stream is no JSON object'))];
    if (isJsonObject(chunk['error'])) return [this.#fail(errorFailure(undefined, chunk))];
    const events: StreamEvent[] = [];
    if (!this.#started) events.push(this.#start(chunk));
    const candidate = listAt(chunk, 'candidates')[0];
    if (isJsonObject(candidate)) this.#read(candidate, events);
    this.#usage(chunk, events);
    const blockReason = textAt(objectAt(chunk, 'promptFeedback'), 'blockReason');
    if (blockReason !== undefined && !this.#over) events.push(this.#fail(blocked(blockReason)));
    return events;
  }

  ended(): readonly StreamEvent[] {
    if (this.#over || this.#finish === undefined) return NOTHING;
    this.#over = true;
    return [this.#finish, { kind: 'end' }];
  }

  #start(chunk: JsonObject): StreamEvent {
    this.#started = true;
    const id = textAt(chunk, 'responseId') || this.#name.id;
    this.#state = { ...this.#state, id };
    return { kind: 'start', id, model: textAt(chunk, 'modelVersion') || this.#name.model };
  }

  #read(candidate: JsonObject, events: StreamEvent[]): void {
    for (const part of listAt(objectAt(candidate, 'content'), 'parts')) {
      if (!this.#part(part, events)) return;
    }
    const reason = textAt(candidate, 'finishReason');
    if (reason === undefined || reason === 'FINISH_REASON_UNSPECIFIED') return;
    const finish = readFinish(reason, this.#state.calls > 0, textAt(candidate, 'finishMessage'));
    if (finish.kind === 'finish') this.#finish = finish;
    else events.push(this.#fail(finish.failure));
  }

  #part(part: Json, events: StreamEvent[]): boolean {
    const fault = readPart(part, this.#state, events);
    if (fault === undefined) return true;
    events.push(this.#fail(malformed(`an event of the stream is malformed: ${fault}`)));
    return false;
  }

  /** Counts of a chunk in the middle are those so far; before the first output there are none worth telling. */
  #usage(chunk: JsonObject, events: StreamEvent[]): void {
    const tokens = readUsage(chunk);
    if (tokens === undefined) return;
    const event: StreamEvent = { kind: 'usage', tokens };
    // Nothing comes behind an error.
    if (this.#over) events.splice(-1, 0, event);
    else if (tokens.output > 0 || this.#finish !== undefined) events.push(event);
  }

  #fail(failure: AttemptFailure): StreamEvent {
    this.#over = true;
    return { kind: 'error', failure };
  }
}
