/**
 * Events of ConverseStream → events of a reply. The answer is whole when `messageStop` was seen; `metadata`, with the
 * usage, comes behind it and ends the stream. What is out of order is an error: a second start, output before the
 * start or behind the stop.
 */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import type { StreamReader } from '../protocol.ts';
import { clipped, countAt, malformed, objectAt, parseDocument, textAt } from '../vendor-document.ts';
import { exceptionFailure } from './read-error.ts';
import type { ReplyName } from './reply.ts';
import { readStop } from './stop-reason.ts';
import { readUsage } from './usage.ts';

const NOTHING: readonly StreamEvent[] = [];
/** Blocks of content in one answer; what is beyond is no answer. */
const MAX_BLOCKS = 10_000;

/** @param name what the events of the vendor do not say */
export function createConverseReader(name: ReplyName): StreamReader {
  return new ConverseReader(name);
}

/** A class: one object a stream, no closures. */
class ConverseReader implements StreamReader {
  readonly #name: ReplyName;
  #state: 'before' | 'open' | 'stopped' | 'over' = 'before';
  /** Number of a block → number of its tool call. */
  readonly #toolCalls = new Map<number, number>();

  constructor(name: ReplyName) {
    this.#name = name;
  }

  read(type: string, data: string): readonly StreamEvent[] {
    if (this.#state === 'over') return NOTHING;
    const document = parseDocument(data);
    if (!isJsonObject(document)) {
      // What is not JSON may still be the text of an exception.
      return isException(type) ? this.#fail(exceptionFailure(type, data)) : this.#malformed(type, 'is no JSON object');
    }
    switch (type) {
      case 'messageStart':
        if (this.#state !== 'before') return this.#malformed(type, 'came twice');
        this.#state = 'open';
        return [{ kind: 'start', ...this.#name }];
      case 'contentBlockStart':
        return this.#open(type) ?? this.#blockStart(document);
      case 'contentBlockDelta':
        return this.#open(type) ?? this.#blockDelta(document);
      case 'contentBlockStop':
        return this.#open(type) ?? NOTHING;
      case 'messageStop':
        return this.#open(type) ?? this.#stop(document);
      case 'metadata':
        return this.#metadata(document);
      default:
        return isException(type)
          ? this.#fail(exceptionFailure(type, textAt(document, 'message') ?? textAt(document, 'Message') ?? ''))
          : NOTHING;
    }
  }

  /** Usage got lost on the way, and the answer did not. */
  ended(): readonly StreamEvent[] {
    if (this.#state !== 'stopped') return NOTHING;
    this.#state = 'over';
    return [{ kind: 'end' }];
  }

  /** @returns the error where the answer has not begun or is over */
  #open(type: string): readonly StreamEvent[] | undefined {
    if (this.#state === 'open') return undefined;
    return this.#malformed(type, this.#state === 'before' ? 'came before messageStart' : 'came after messageStop');
  }

  #blockStart(document: JsonObject): readonly StreamEvent[] {
    const toolUse = objectAt(objectAt(document, 'start'), 'toolUse');
    if (toolUse === undefined) return NOTHING;
    const block = countAt(document, 'contentBlockIndex');
    const id = textAt(toolUse, 'toolUseId');
    const name = textAt(toolUse, 'name');
    if (block === undefined || id === undefined || name === undefined)
      return this.#malformed('contentBlockStart', 'has no contentBlockIndex, toolUseId or name');
    if (this.#toolCalls.has(block)) return this.#malformed('contentBlockStart', `came twice for block ${block}`);
    const index = this.#toolCalls.size;
    if (index >= MAX_BLOCKS) return this.#malformed('contentBlockStart', `is number ${index}`);
    this.#toolCalls.set(block, index);
    return [{ kind: 'tool_call', index, id, name }];
  }

  #blockDelta(document: JsonObject): readonly StreamEvent[] {
    const delta = objectAt(document, 'delta');
    const text = textAt(delta, 'text');
    if (text !== undefined) return text === '' ? NOTHING : [{ kind: 'text', text }];
    const toolUse = objectAt(delta, 'toolUse');
    if (toolUse !== undefined) return this.#toolInput(document, toolUse);
    const reasoning = objectAt(delta, 'reasoningContent');
    if (reasoning !== undefined) return readReasoning(reasoning);
    return NOTHING;
  }

  #toolInput(document: JsonObject, toolUse: JsonObject): readonly StreamEvent[] {
    const index = this.#toolCalls.get(countAt(document, 'contentBlockIndex') ?? -1);
    if (index === undefined)
      return this.#malformed('contentBlockDelta', 'has input for a tool call that did not start');
    const text = textAt(toolUse, 'input') ?? '';
    return text === '' ? NOTHING : [{ kind: 'tool_arguments', index, text }];
  }

  #stop(document: JsonObject): readonly StreamEvent[] {
    const stop = readStop(document);
    if (stop === undefined) return this.#malformed('messageStop', 'has no stopReason');
    if (stop.kind === 'failed') return this.#fail(stop.failure);
    this.#state = 'stopped';
    return [stop];
  }

  #metadata(document: JsonObject): readonly StreamEvent[] {
    const tokens = readUsage(document);
    const events: StreamEvent[] = tokens === undefined ? [] : [{ kind: 'usage', tokens }];
    if (this.#state !== 'stopped') return events;
    this.#state = 'over';
    events.push({ kind: 'end' });
    return events;
  }

  #malformed(type: string, what: string): readonly StreamEvent[] {
    return this.#fail(malformed(`an event of the stream is malformed: ${type.slice(0, 64)} ${what}`));
  }

  #fail(failure: AttemptFailure): readonly StreamEvent[] {
    this.#state = 'over';
    return [{ kind: 'error', failure: { ...failure, message: clipped(failure.message) } }];
  }
}

function readReasoning(reasoning: JsonObject): readonly StreamEvent[] {
  const text = textAt(reasoning, 'text');
  if (text !== undefined && text !== '') return [{ kind: 'reasoning', text }];
  const signature = textAt(reasoning, 'signature');
  if (signature !== undefined && signature !== '') return [{ kind: 'reasoning_signature', signature }];
  const data = textAt(reasoning, 'redactedContent');
  return data === undefined || data === '' ? NOTHING : [{ kind: 'reasoning_redacted', data }];
}

/** `throttlingException` and its like; a frame of type `error` comes as `error`. */
const isException = (type: string): boolean => type === 'error' || type.endsWith('Exception');
