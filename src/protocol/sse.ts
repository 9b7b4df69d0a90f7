/**
 * Server-sent events, as bytes that were split anywhere → events. Push, without promises: a parser is called for every
 * read of a socket. Lines end in LF, CRLF or CR; comments, `id` and `retry` are passed over; an event that the end of
 * the body cuts is none. Source: HTML Living Standard, "Server-sent events", "Interpreting an event stream".
 */
import { StringDecoder } from 'node:string_decoder';
import { Failure } from '../core/failure.ts';

export interface SseLimits {
  /** Of one event with all its lines, in UTF-16 units; a comment counts too. */
  readonly maxEventChars: number;
}

/** What no vendor's event comes near, but one that holds an image. */
export const DEFAULT_SSE_LIMITS: SseLimits = { maxEventChars: 16 * 1024 * 1024 };

export interface SseParser {
  /** @throws Failure `too_large` where one event passes its bound; the parser is of no use afterwards */
  feed(chunk: Uint8Array): void;
}

/** @param onEvent with the event's name, empty where it has none, and its data, lines joined by LF */
export function createSseParser(
  onEvent: (type: string, data: string) => void,
  limits: SseLimits = DEFAULT_SSE_LIMITS,
): SseParser {
  return new Parser(onEvent, limits);
}

/** A class because it is one object a stream whose fields every chunk changes. */
class Parser implements SseParser {
  readonly #onEvent: (type: string, data: string) => void;
  readonly #maxChars: number;
  readonly #decoder = new StringDecoder('utf8');
  /** Of a line whose end has not come; joined only when it has, so that a line in many pieces costs its length once. */
  #partial = '';
  #type = '';
  #data: string | undefined;
  #chars = 0;
  #started = false;
  /** The last chunk ended in CR: an LF now belongs to it. */
  #afterCr = false;

  constructor(onEvent: (type: string, data: string) => void, limits: SseLimits) {
    this.#onEvent = onEvent;
    this.#maxChars = limits.maxEventChars;
  }

  feed(chunk: Uint8Array): void {
    let text = this.#decoder.write(chunk);
    if (text === '') return;
    if (!this.#started) {
      this.#started = true;
      if (text.charCodeAt(0) === BOM) text = text.slice(1);
    }
    let from = 0;
    if (this.#afterCr) {
      this.#afterCr = false;
      if (text.charCodeAt(0) === LF) from = 1;
    }
    if (text.includes('\r', from)) from = this.#linesOfAnyEnd(text, from);
    else from = this.#lines(text, from);
    if (from < text.length) {
      this.#partial += from === 0 ? text : text.slice(from);
      this.#bound(this.#partial.length);
    }
  }

  /** @returns where the line begins whose end is not in the text */
  #lines(text: string, from: number): number {
    let start = from;
    for (let end = text.indexOf('\n', start); end !== -1; end = text.indexOf('\n', start)) {
      this.#line(text, start, end);
      start = end + 1;
    }
    return start;
  }

  #linesOfAnyEnd(text: string, from: number): number {
    let start = from;
    for (let at = from; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit !== LF && unit !== CR) continue;
      this.#line(text, start, at);
      if (unit === CR) {
        if (at + 1 === text.length) this.#afterCr = true;
        else if (text.charCodeAt(at + 1) === LF) at += 1;
      }
      start = at + 1;
    }
    return start;
  }

  #line(text: string, start: number, end: number): void {
    if (this.#partial === '') {
      if (start === end) this.#dispatch();
      else this.#field(text, start, end);
      return;
    }
    const line = this.#partial + text.slice(start, end);
    this.#partial = '';
    this.#field(line, 0, line.length);
  }

  #field(text: string, start: number, end: number): void {
    this.#chars += end - start + 1;
    this.#bound(0);
    if (text.startsWith('data', start)) {
      const value = fieldValue(text, start + 4, end);
      if (value !== undefined) this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (text.startsWith('event', start)) {
      this.#type = fieldValue(text, start + 5, end) ?? this.#type;
    }
  }

  #dispatch(): void {
    const data = this.#data;
    const type = this.#type;
    this.#data = undefined;
    this.#type = '';
    this.#chars = 0;
    if (data !== undefined) this.#onEvent(type, data);
  }

  #bound(moreChars: number): void {
    if (this.#chars + moreChars <= this.#maxChars) return;
    throw new Failure('too_large', `an event of the stream has more than ${this.#maxChars} characters`);
  }
}

const BOM = 0xfeff;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;

/** @returns undefined where the name goes on: it is another field */
function fieldValue(text: string, start: number, end: number): string | undefined {
  if (start >= end) return start === end ? '' : undefined;
  if (text.charCodeAt(start) !== COLON) return undefined;
  const from = start + 1 < end && text.charCodeAt(start + 1) === SPACE ? start + 2 : start + 1;
  return text.slice(from, end);
}
