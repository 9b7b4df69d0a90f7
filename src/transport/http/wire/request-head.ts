/**
 * Head of a request as RFC 9112 has it, read strictly: what two readers could understand differently is refused, since
 * that is how requests are smuggled. The text is kept as it came, with the places of its fields; only those that are
 * asked for become strings.
 */
import { COLON, CR, LF, LOWER, SPACE, TAB, TARGET, TOKEN, VALUE } from './characters.ts';
import type { Fault } from './fault.ts';

/** How the end of the body is known. */
export type Framing = 'none' | 'length' | 'chunked';

/** What the client waits for before it sends the body. */
export type Expectation = 'nothing' | 'continue' | 'unknown';

/** Places of a field in the text: name from and to, value from and to. */
const PLACES = 4;

export class RequestHead {
  readonly method: string;
  readonly target: string;
  readonly minorVersion: 0 | 1;
  framing: Framing = 'none';
  /** 0 where it is not declared. */
  contentLength = 0;
  /** `connection: close` was said, or `keep-alive`. */
  closes = false;
  staysOpen = false;
  expectation: Expectation = 'nothing';
  hasHost = false;
  readonly #text: string;
  readonly #places: number[] = [];

  constructor(text: string, method: string, target: string, minorVersion: 0 | 1) {
    this.#text = text;
    this.method = method;
    this.target = target;
    this.minorVersion = minorVersion;
  }

  /** The connection may serve another request behind this one: `close` counts whatever else is said. */
  get keepsAlive(): boolean {
    return !this.closes && (this.minorVersion === 1 || this.staysOpen);
  }

  get fields(): number {
    return this.#places.length / PLACES;
  }

  addField(nameFrom: number, nameTo: number, valueFrom: number, valueTo: number): void {
    this.#places.push(nameFrom, nameTo, valueFrom, valueTo);
  }

  /**
   * @param name lower case
   * @returns the value; of a field that came several times all of them with commas between, or the first where a list
   * makes no sense of it
   */
  header(name: string): string | undefined {
    const places = this.#places;
    const text = this.#text;
    let value: string | undefined;
    for (let at = 0; at < places.length; at += PLACES) {
      const from = places[at] ?? 0;
      if ((places[at + 1] ?? 0) - from !== name.length || !isNamed(text, from, name)) continue;
      const next = text.slice(places[at + 2], places[at + 3]);
      if (value === undefined) value = next;
      else if (SINGLE.has(name)) return value;
      else value = `${value}${name === 'cookie' ? '; ' : ', '}${next}`;
    }
    return value;
  }
}

/** The first of these counts, as Node has it. */
const SINGLE: ReadonlySet<string> = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
]);

/** Those that a server of the web may meet; any other word is no HTTP. */
const METHODS: ReadonlySet<string> = new Set(
  (
    'GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT ACL BIND CHECKOUT COPY LINK LOCK M-SEARCH MERGE MKACTIVITY ' +
    'MKCALENDAR MKCOL MOVE NOTIFY PROPFIND PROPPATCH PURGE REBIND REPORT SEARCH SUBSCRIBE UNBIND UNLINK UNLOCK UNSUBSCRIBE'
  ).split(' '),
);

/** Digits of a declared length; more cannot be counted exactly. */
const MAX_LENGTH_DIGITS = 15;

/** @param text Latin-1, from the method to the empty line that ends the head, with it */
export function parseRequestHead(text: string, maxFields: number): RequestHead | Fault {
  const head = parseRequestLine(text);
  if (head === undefined) return 'malformed';
  // Behind `METHOD target HTTP/1.x` and its line end.
  let at = head.method.length + head.target.length + 12;
  for (;;) {
    if (text.charCodeAt(at) === CR) {
      if (text.charCodeAt(at + 1) !== LF || at + 2 !== text.length) return 'malformed';
      return head.method === 'CONNECT' ? 'tunnel' : head;
    }
    const nameFrom = at;
    while (TOKEN[text.charCodeAt(at)] === 1) at += 1;
    const nameTo = at;
    if (nameTo === nameFrom || text.charCodeAt(at) !== COLON) return 'malformed';
    at += 1;
    while (isBlank(text.charCodeAt(at))) at += 1;
    const valueFrom = at;
    while (VALUE[text.charCodeAt(at)] === 1) at += 1;
    if (text.charCodeAt(at) !== CR || text.charCodeAt(at + 1) !== LF) return 'malformed';
    let valueTo = at;
    while (valueTo > valueFrom && isBlank(text.charCodeAt(valueTo - 1))) valueTo -= 1;
    at += 2;
    if (head.fields === maxFields) return 'head_too_large';
    head.addField(nameFrom, nameTo, valueFrom, valueTo);
    if (!heed(head, text, nameFrom, nameTo - nameFrom, valueFrom, valueTo)) return 'malformed';
  }
}

function parseRequestLine(text: string): RequestHead | undefined {
  let at = 0;
  while (TOKEN[text.charCodeAt(at)] === 1) at += 1;
  const method = text.slice(0, at);
  if (!METHODS.has(method) || text.charCodeAt(at) !== SPACE) return undefined;
  const targetFrom = at + 1;
  at = targetFrom;
  while (TARGET[text.charCodeAt(at)] === 1) at += 1;
  const target = text.slice(targetFrom, at);
  if (!isTarget(method, target) || !text.startsWith(' HTTP/1.', at)) return undefined;
  const minor = text.charCodeAt(at + 8) - 0x30;
  if ((minor !== 0 && minor !== 1) || text.charCodeAt(at + 9) !== CR || text.charCodeAt(at + 10) !== LF) {
    return undefined;
  }
  return new RequestHead(text, method, target, minor);
}

/** The four forms of RFC 9112 §3.2. */
function isTarget(method: string, target: string): boolean {
  if (method === 'CONNECT') return /^(?:[\w.-]+|\[[\da-f:.]+\]):\d{1,5}$/i.test(target);
  if (target.charCodeAt(0) === 0x2f) return true;
  return target === '*'
    ? method === 'OPTIONS'
    : /^https?:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:[/?]|$)/i.test(target);
}

/**
 * Fields that say how the message is framed and what becomes of the connection.
 * @returns false for what nobody may rely on
 */
function heed(
  head: RequestHead,
  text: string,
  from: number,
  length: number,
  valueFrom: number,
  valueTo: number,
): boolean {
  switch (length) {
    case 4:
      if (!isNamed(text, from, 'host')) return true;
      if (head.hasHost) return false;
      head.hasHost = true;
      return true;
    case 6:
      if (!isNamed(text, from, 'expect') || head.minorVersion === 0) return true;
      head.expectation =
        head.expectation === 'nothing' && isWord(text, valueFrom, valueTo, '100-continue') ? 'continue' : 'unknown';
      return true;
    case 10:
      if (isNamed(text, from, 'connection')) heedConnection(head, text, valueFrom, valueTo);
      return true;
    case 14:
      return !isNamed(text, from, 'content-length') || heedLength(head, text, valueFrom, valueTo);
    case 17:
      if (!isNamed(text, from, 'transfer-encoding')) return true;
      if (head.framing !== 'none' || head.minorVersion === 0) return false;
      head.framing = 'chunked';
      // Not even a blank behind it: readers differ on which of them belong to the coding.
      return isWord(text, valueFrom, valueTo, 'chunked') && text.charCodeAt(valueTo) === CR;
    default:
      return true;
  }
}

function heedConnection(head: RequestHead, text: string, from: number, to: number): void {
  let at = from;
  while (at <= to) {
    const comma = text.indexOf(',', at);
    const end = comma < 0 || comma > to ? to : comma;
    let wordFrom = at;
    let wordTo = end;
    while (wordFrom < wordTo && isBlank(text.charCodeAt(wordFrom))) wordFrom += 1;
    while (wordTo > wordFrom && isBlank(text.charCodeAt(wordTo - 1))) wordTo -= 1;
    if (isWord(text, wordFrom, wordTo, 'close')) head.closes = true;
    else if (isWord(text, wordFrom, wordTo, 'keep-alive')) head.staysOpen = true;
    at = end + 1;
  }
}

function heedLength(head: RequestHead, text: string, from: number, to: number): boolean {
  if (head.framing !== 'none' || from === to || to - from > MAX_LENGTH_DIGITS) return false;
  let length = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return false;
    length = length * 10 + digit;
  }
  head.framing = 'length';
  head.contentLength = length;
  return true;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function isWord(text: string, from: number, to: number, word: string): boolean {
  return to - from === word.length && isNamed(text, from, word);
}

/** @param name lower case, whose length is known to be that of what stands there */
function isNamed(text: string, from: number, name: string): boolean {
  for (let at = 0; at < name.length; at += 1) {
    if (LOWER[text.charCodeAt(from + at)] !== name.charCodeAt(at)) return false;
  }
  return true;
}
