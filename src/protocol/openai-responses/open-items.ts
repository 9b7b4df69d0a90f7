/**
 * Items of a streamed answer while they grow: each tells its events and is, at last, what stands in `output`. Nothing of
 * an item is told twice, and what a client put together from the pieces is what the item says when it is done.
 */
import type { JsonObject } from '../../core/json.ts';
import {
  callItem,
  type ItemKind,
  type ItemStatus,
  itemId,
  messageItem,
  reasoningItem,
  refusalContent,
  summaryContent,
  textContent,
  wholeArguments,
} from './output-items.ts';
import { deltaStart, type StreamFrames } from './stream-frames.ts';

/** Where an item stands. */
export interface Place {
  readonly responseId: string;
  readonly index: number;
}

export interface OpenItem {
  /** As it is by now. */
  item(status: ItemStatus): JsonObject;
  /** The events that end it. */
  close(status: ItemStatus): string;
}

function added(frames: StreamFrames, { index }: Place, item: JsonObject): string {
  return frames.frame('response.output_item.added', `"output_index":${index},"item":${JSON.stringify(item)}`);
}

function done(frames: StreamFrames, { index }: Place, item: JsonObject): string {
  return frames.frame('response.output_item.done', `"output_index":${index},"item":${JSON.stringify(item)}`);
}

const fieldsOf = (id: string, { index }: Place): string => `"item_id":${JSON.stringify(id)},"output_index":${index}`;

const idOf = (kind: ItemKind, { responseId, index }: Place): string => itemId(kind, responseId, index);

export interface OpenMessage extends OpenItem {
  readonly kind: 'message';
  begin(): string;
  say(kind: 'text' | 'refusal', text: string): string;
}

export function openMessage(frames: StreamFrames, place: Place): OpenMessage {
  const id = idOf('msg', place);
  const whole: JsonObject[] = [];
  let part: { readonly kind: 'text' | 'refusal'; readonly at: string; readonly delta: string } | undefined;
  let text = '';

  const content = (): JsonObject => (part?.kind === 'refusal' ? refusalContent(text) : textContent(text));
  const item = (status: ItemStatus): JsonObject =>
    messageItem(id, status, part === undefined ? whole : [...whole, content()]);

  return {
    kind: 'message',
    item,
    begin: () => added(frames, place, messageItem(id, 'in_progress', [])),
    say(kind, piece) {
      const before = part?.kind === kind ? '' : closePart() + openPart(kind);
      text += piece;
      return before + frames.numbered(part?.delta ?? '', piece);
    },
    close: (status) => closePart() + done(frames, place, item(status)),
  };

  function openPart(kind: 'text' | 'refusal'): string {
    const at = `${fieldsOf(id, place)},"content_index":${whole.length}`;
    part = kind === 'text' ? { kind, at, delta: textDelta(at) } : { kind, at, delta: refusalDelta(at) };
    text = '';
    return frames.frame('response.content_part.added', `${at},"part":${JSON.stringify(content())}`);
  }

  function closePart(): string {
    if (part === undefined) return '';
    const { kind, at } = part;
    const told = content();
    whole.push(told);
    part = undefined;
    const said = JSON.stringify(text);
    return (
      (kind === 'text'
        ? frames.frame('response.output_text.done', `${at},"text":${said},"logprobs":[]`)
        : frames.frame('response.refusal.done', `${at},"refusal":${said}`)) +
      frames.frame('response.content_part.done', `${at},"part":${JSON.stringify(told)}`)
    );
  }
}

const textDelta = (at: string): string => deltaStart('response.output_text.delta', `${at},"logprobs":[]`);
const refusalDelta = (at: string): string => deltaStart('response.refusal.delta', at);

export interface OpenReasoning extends OpenItem {
  readonly kind: 'reasoning';
  begin(): string;
  think(text: string): string;
  /** What OpenAI made of the thought for itself. */
  encrypt(encrypted: string): void;
}

export function openReasoning(frames: StreamFrames, place: Place): OpenReasoning {
  const id = idOf('rs', place);
  const at = `${fieldsOf(id, place)},"summary_index":0`;
  const delta = deltaStart('response.reasoning_summary_text.delta', at);
  let text = '';
  let encrypted: string | undefined;

  const item = (): JsonObject => reasoningItem(id, text, encrypted);
  const part = (): string => `${at},"part":${JSON.stringify(summaryContent(text))}`;

  return {
    kind: 'reasoning',
    item,
    begin: () => added(frames, place, reasoningItem(id, '', undefined)),
    think(piece) {
      const before = text === '' ? frames.frame('response.reasoning_summary_part.added', part()) : '';
      text += piece;
      return before + frames.numbered(delta, piece);
    },
    encrypt(said) {
      encrypted = said;
    },
    close() {
      if (text === '') return done(frames, place, item());
      return (
        frames.frame('response.reasoning_summary_text.done', `${at},"text":${JSON.stringify(text)}`) +
        frames.frame('response.reasoning_summary_part.done', part()) +
        done(frames, place, item())
      );
    },
  };
}

export interface OpenCall extends OpenItem {
  readonly place: Place;
  /** Whether the arguments are JSON by now. */
  isWhole(): boolean;
  begin(): string;
  give(text: string): string;
}

export function openCall(frames: StreamFrames, place: Place, callId: string, name: string): OpenCall {
  const id = idOf('fc', place);
  const at = fieldsOf(id, place);
  const delta = deltaStart('response.function_call_arguments.delta', at);
  let text = '';

  const item = (status: ItemStatus): JsonObject => callItem(id, status, { id: callId, name, arguments: text });

  return {
    place,
    item,
    isWhole: () => isJson(text),
    begin: () => added(frames, place, item('in_progress')),
    give(piece) {
      text += piece;
      return frames.numbered(delta, piece);
    },
    close(status) {
      const whole = status === 'completed' ? wholeArguments(text) : text;
      const before = whole === text ? '' : frames.numbered(delta, whole);
      text = whole;
      const fields = `${at},"name":${JSON.stringify(name)},"arguments":${JSON.stringify(text)}`;
      return before + frames.frame('response.function_call_arguments.done', fields) + done(frames, place, item(status));
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
