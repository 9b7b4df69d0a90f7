/**
 * The head of a response: status, headers, how the body is framed and whether the connection may be kept. Strict, by RFC
 * 9112: a head that two readers could read differently is refused. For the reader of responses alone.
 */
import type { HttpHeaders } from './http-exchange.ts';

/** `close`: the body ends with the connection. */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

type Kind = 'plain' | 'length' | 'coding' | 'connection' | 'keep-alive';

interface Name {
  /** In lower case. */
  readonly text: string;
  readonly kind: Kind;
}

/** Fewer fit into a head that is not made to hurt. */
const MAX_HEADERS = 200;
/** What vendors send is the same few dozen names again and again. */
const MAX_KNOWN_NAMES = 512;

const TAB = 9;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;

/** Of one connection, and read anew for each response: what the fields say is of the head that was read last. */
export class ResponseHead {
  status = 0;
  headers: HttpHeaders = {};
  framing: Framing = 'none';
  /** Bytes of the body, where it is framed by its length. */
  length = 0;
  keepsConnection = false;
  /** What the vendor says it keeps an idle connection for. */
  keepAliveMs: number | undefined;
  #text = '';
  #lengthText: string | undefined;
  #coding: string | undefined;
  #connection: string | undefined;
  #keepAlive: string | undefined;

  /**
   * @param text Latin-1, with the line end of its last line and without the empty line
   * @returns false: it is refused
   */
  read(text: string): boolean {
    this.#text = text;
    this.#lengthText = undefined;
    this.#coding = undefined;
    this.#connection = undefined;
    this.#keepAlive = undefined;
    if (CONTROLS.test(text)) return false;
    const firstEnd = lineEnd(text, 0);
    if (firstEnd === -1 || !this.#readStatus(firstEnd)) return false;
    const headers = new Headers();
    let at = firstEnd + 2;
    for (let count = 0; at < text.length; count += 1) {
      const end = lineEnd(text, at);
      if (end === -1 || count >= MAX_HEADERS || !this.#readHeader(at, end, headers)) return false;
      at = end + 2;
    }
    this.headers = headers;
    return this.#frame();
  }

  /** `HTTP/1.1 200 OK`; the reason, and even the space before it, may be missing. */
  #readStatus(end: number): boolean {
    const text = this.#text;
    if (!text.startsWith('HTTP/1.') || end < 12) return false;
    const minor = text.charCodeAt(7) - ZERO;
    if ((minor !== 0 && minor !== 1) || text.charCodeAt(8) !== SPACE) return false;
    const status = Number(text.slice(9, 12));
    if (!(status >= 100 && status <= 999) || (end > 12 && text.charCodeAt(12) !== SPACE)) return false;
    for (let at = 9; at < 12; at += 1) if (!isDigit(text.charCodeAt(at))) return false;
    this.status = status;
    this.keepsConnection = minor === 1;
    return true;
  }

  #readHeader(start: number, end: number, headers: Record<string, string | string[] | undefined>): boolean {
    const text = this.#text;
    const colon = text.indexOf(':', start);
    if (colon === -1 || colon >= end) return false;
    const name = nameOf(text.slice(start, colon));
    if (name === undefined) return false;
    let from = colon + 1;
    let to = end;
    while (from < to && isBlank(text.charCodeAt(from))) from += 1;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
    const value = text.slice(from, to);
    if (name.kind !== 'plain' && !this.#note(name.kind, value)) return false;
    const before = headers[name.text];
    if (before === undefined) headers[name.text] = value;
    else if (typeof before === 'string') headers[name.text] = [before, value];
    else before.push(value);
    return true;
  }

  /** What says where the body ends may be said once. */
  #note(kind: Exclude<Kind, 'plain'>, value: string): boolean {
    switch (kind) {
      case 'length':
        if (this.#lengthText !== undefined) return false;
        this.#lengthText = value;
        return true;
      case 'coding':
        if (this.#coding !== undefined) return false;
        this.#coding = value;
        return true;
      case 'connection':
        this.#connection = this.#connection === undefined ? value : `${this.#connection},${value}`;
        return true;
      case 'keep-alive':
        this.#keepAlive = value;
        return true;
    }
  }

  #frame(): boolean {
    const coding = this.#coding;
    const text = this.#lengthText;
    const length = text === undefined ? undefined : wholeNumber(text);
    if (text !== undefined && length === undefined) return false;
    // Of HTTP/1.0, which has no codings, what looks like one was put there by somebody between.
    const isCoded = coding !== undefined;
    if (isCoded && (length !== undefined || !this.keepsConnection || coding.toLowerCase() !== 'chunked')) return false;
    if (this.#connection !== undefined && closes(this.#connection)) this.keepsConnection = false;
    this.keepAliveMs = this.#keepAlive === undefined ? undefined : timeoutOf(this.#keepAlive);
    this.length = length ?? 0;
    if (this.status < 200 || this.status === 204 || this.status === 304) {
      this.framing = 'none';
      // It has no body; who announces one may send it all the same, and it would be taken for the next answer.
      if (isCoded || this.length > 0) this.keepsConnection = false;
    } else if (isCoded) this.framing = 'chunked';
    else if (length !== undefined) this.framing = 'length';
    else {
      this.framing = 'close';
      this.keepsConnection = false;
    }
    return true;
  }
}

/**
 * An object whose prototype has nothing, not even `__proto__`: a header of any name is but a header. As a constructor,
 * because V8 builds such objects faster than those of `Object.create(null)`.
 */
const Headers = function Headers() {} as unknown as new () => Record<string, string | string[] | undefined>; // a function is a constructor
Headers.prototype = Object.create(null);

/** All but tab, line feed and carriage return, which `lineEnd` judges: one look over the head is cheaper than one a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** @returns -1 where a line feed or a carriage return stands alone */
function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\r', start);
  return end !== -1 && text.indexOf('\n', start) === end + 1 ? end : -1;
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB;
const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['content-length', 'length'],
  ['transfer-encoding', 'coding'],
  ['connection', 'connection'],
  ['keep-alive', 'keep-alive'],
]);

/** As vendors spell them. Names are looked up, so that each is checked and put into lower case once. */
const knownNames = new Map<string, Name>();

/** @returns undefined where it is no name */
function nameOf(spelled: string): Name | undefined {
  const known = knownNames.get(spelled);
  if (known !== undefined) return known;
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(spelled)) return undefined;
  const text = spelled.toLowerCase();
  const name: Name = { text, kind: KINDS.get(text) ?? 'plain' };
  if (knownNames.size < MAX_KNOWN_NAMES) knownNames.set(spelled, name);
  return name;
}

/** @returns undefined where it is not digits alone, or too large to count with */
function wholeNumber(text: string): number | undefined {
  if (text.length === 0 || text.length > 16) return undefined;
  for (let at = 0; at < text.length; at += 1) if (!isDigit(text.charCodeAt(at))) return undefined;
  const number = Number(text);
  return number <= Number.MAX_SAFE_INTEGER ? number : undefined;
}

function closes(connection: string): boolean {
  if (connection === 'keep-alive' || connection === 'close') return connection === 'close';
  return connection.split(',').some((option) => option.trim().toLowerCase() === 'close');
}

/** `timeout=5, max=100` */
function timeoutOf(keepAlive: string): number | undefined {
  const seconds = /(?:^|,)[\t ]*timeout=(\d{1,9})/i.exec(keepAlive)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
