/**
 * Events of a reply → the server-sent events of a response: `response.created`, items one behind the other, and
 * `response.completed` or `response.incomplete` with the whole response. Only calls of tools whose arguments a vendor
 * interleaves stay open side by side, told apart by their place. A stream that failed ends with `error` and
 * `response.failed`. Source: API reference, "Streaming events".
 */
import type { Failure } from '../../core/failure.ts';
import type { GenerationRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { FinishReason, StreamEvent } from '../../core/reply.ts';
import type { TokenCounts } from '../../core/usage.ts';
import { writeStreamError } from '../openai-chat/write-error.ts';
import type { ReplyIdentity, StreamWriter } from '../protocol.ts';
import { objectAt, textAt } from '../vendor-document.ts';
import { writeIncomplete } from './finish-reason.ts';
import {
  type OpenCall,
  type OpenMessage,
  type OpenReasoning,
  openCall,
  openMessage,
  openReasoning,
  type Place,
} from './open-items.ts';
import type { ItemStatus } from './output-items.ts';
import { type ResponseHead, type ResponseState, responseDocument, responseHead } from './response-document.ts';
import { createStreamFrames, type StreamFrames } from './stream-frames.ts';
import { unmarkEncrypted } from './thought-signature.ts';

export function createStreamWriter(request: GenerationRequest, identity: ReplyIdentity): StreamWriter {
  return new Writer(request, identity);
}

/** A class because it is one object a stream, called for every event. */
class Writer implements StreamWriter {
  readonly #request: GenerationRequest;
  readonly #identity: ReplyIdentity;
  readonly #frames: StreamFrames = createStreamFrames();
  #head: ResponseHead | undefined;
  /** Items that are done, at their places. */
  readonly #output: JsonObject[] = [];
  #items = 0;
  /** Always the newest item; absent where that is a call. */
  #open: { readonly place: Place; readonly item: OpenMessage | OpenReasoning } | undefined;
  readonly #calls = new Map<number, OpenCall>();
  #lastCall = -1;
  #tokens: TokenCounts | undefined;
  #finish: FinishReason = 'stop';
  #refused = false;
  #isFinished = false;
  #isOver = false;

  constructor(request: GenerationRequest, identity: ReplyIdentity) {
    this.#request = request;
    this.#identity = identity;
  }

  write(event: StreamEvent): string {
    if (this.#isOver) return '';
    switch (event.kind) {
      case 'text':
        return this.#say('text', event.text);
      case 'refusal':
        this.#refused = true;
        return this.#say('refusal', event.text);
      case 'start':
        return this.#head === undefined ? this.#start(event) : '';
      case 'reasoning':
        return this.#think(event.text);
      case 'reasoning_signature':
        return this.#encrypt(event.signature);
      case 'tool_call':
        return this.#call(event.index, event.id, event.name);
      case 'tool_arguments':
        return event.text === '' || this.#isFinished ? '' : (this.#calls.get(event.index)?.give(event.text) ?? '');
      case 'usage':
        this.#tokens = event.tokens;
        return '';
      case 'finish':
        if (this.#isFinished) return '';
        this.#finish = event.reason;
        return this.#started() + this.#closeAll();
      case 'end':
        return this.#end();
      // Another vendor's encrypted thoughts have no word here; bytes are relayed by others; an error is told by `fail`.
      case 'reasoning_redacted':
      case 'output':
      case 'error':
        return '';
    }
  }

  fail(failure: Failure): string {
    if (this.#isOver) return '';
    const before = this.#started();
    this.#isOver = true;
    const error = objectAt(writeStreamError(failure), 'error');
    const { message, code = null, param = null, details } = error ?? {};
    const said = JSON.stringify({ code, message, param, details });
    const output = [...this.#output];
    if (this.#open !== undefined) output[this.#open.place.index] = this.#open.item.item('incomplete');
    for (const call of this.#calls.values()) output[call.place.index] = call.item('incomplete');
    const told = { code: textAt(error, 'code') ?? 'server_error', message: failure.message };
    return (
      before +
      this.#frames.frame('error', said.slice(1, -1)) +
      this.#lifecycle('response.failed', { status: 'failed', error: told, output, tokens: this.#tokens })
    );
  }

  /** The first events, where no vendor told the start. */
  #started(): string {
    return this.#head === undefined ? this.#start({ id: '', model: '' }) : '';
  }

  #start(vendor: { readonly id: string; readonly model: string }): string {
    this.#head = responseHead(this.#request, vendor, this.#identity);
    const state: ResponseState = { status: 'in_progress', output: [] };
    return this.#lifecycle('response.created', state) + this.#lifecycle('response.in_progress', state);
  }

  #lifecycle(type: string, state: ResponseState): string {
    if (this.#head === undefined) return '';
    return this.#frames.frame(type, `"response":${JSON.stringify(responseDocument(this.#request, this.#head, state))}`);
  }

  #say(kind: 'text' | 'refusal', text: string): string {
    if (text === '' || this.#isFinished) return '';
    if (this.#open?.item.kind === 'message') return this.#open.item.say(kind, text);
    const before = this.#started() + this.#closeWhole();
    const place = this.#place();
    const item = openMessage(this.#frames, place);
    this.#open = { place, item };
    return before + item.begin() + item.say(kind, text);
  }

  #think(text: string): string {
    if (text === '' || this.#isFinished) return '';
    if (this.#open?.item.kind === 'reasoning') return this.#open.item.think(text);
    const { before, item } = this.#openReasoning();
    return before + item.think(text);
  }

  /** Closes the thought before it; a thought that is not shown is an item of its own. */
  #encrypt(signature: string): string {
    const encrypted = unmarkEncrypted(signature);
    if (this.#isFinished) return '';
    if (this.#open?.item.kind === 'reasoning') {
      if (encrypted !== undefined) this.#open.item.encrypt(encrypted);
      return this.#closeOpen('completed');
    }
    if (encrypted === undefined) return '';
    const { before, item } = this.#openReasoning();
    item.encrypt(encrypted);
    return before + this.#closeOpen('completed');
  }

  #openReasoning(): { readonly before: string; readonly item: OpenReasoning } {
    const before = this.#started() + this.#closeWhole();
    const place = this.#place();
    const item = openReasoning(this.#frames, place);
    this.#open = { place, item };
    return { before: before + item.begin(), item };
  }

  #call(index: number, id: string, name: string): string {
    if (this.#isFinished || this.#calls.has(index)) return '';
    const before = this.#started() + this.#closeWhole();
    const call = openCall(this.#frames, this.#place(), id, name);
    this.#calls.set(index, call);
    this.#lastCall = index;
    return before + call.begin();
  }

  #place(): Place {
    const index = this.#items;
    this.#items += 1;
    return { responseId: this.#head?.id ?? '', index };
  }

  /** What is surely done, now that something else begins: each call is looked at once. */
  #closeWhole(): string {
    const before = this.#closeOpen('completed');
    const call = this.#calls.get(this.#lastCall);
    if (call === undefined || !call.isWhole()) return before;
    return before + this.#closeCall(this.#lastCall, call, 'completed');
  }

  #closeOpen(status: ItemStatus): string {
    if (this.#open === undefined) return '';
    const { place, item } = this.#open;
    this.#open = undefined;
    const text = item.close(status);
    this.#output[place.index] = item.item(status);
    return text;
  }

  #closeCall(index: number, call: OpenCall, status: ItemStatus): string {
    this.#calls.delete(index);
    const text = call.close(status);
    this.#output[call.place.index] = call.item(status);
    return text;
  }

  #closeAll(): string {
    this.#isFinished = true;
    const isWhole = writeIncomplete(this.#finish, { refusal: this.#refused }) === undefined;
    const status = isWhole ? 'completed' : 'incomplete';
    let text = this.#closeOpen(status);
    for (const [index, call] of this.#calls) text += this.#closeCall(index, call, status);
    return text;
  }

  #end(): string {
    const before = this.#started() + (this.#isFinished ? '' : this.#closeAll());
    this.#isOver = true;
    const incomplete = writeIncomplete(this.#finish, { refusal: this.#refused });
    const output = this.#output;
    const tokens = this.#tokens;
    if (incomplete === undefined) {
      return before + this.#lifecycle('response.completed', { status: 'completed', output, tokens });
    }
    return before + this.#lifecycle('response.incomplete', { status: 'incomplete', incomplete, output, tokens });
  }
}
