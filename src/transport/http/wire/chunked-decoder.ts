/**
 * Takes the frames off a chunked body (RFC 9112 §7.1), in pieces as they come and without copying. Strict where readers
 * differ: every line ends in CR LF, a size is digits at once, extensions are tokens, trailers are fields or refused.
 */
import { COLON, CR, HEX, LF, LOWER, TOKEN, VALUE } from './characters.ts';
import type { Fault } from './fault.ts';

const EQUALS = 0x3d;
const SEMICOLON = 0x3b;
/** Enough for any body that is let in; more could not be counted exactly. */
const MAX_SIZE_DIGITS = 12;
/** What says how a message is read comes too late in a trailer: who heeds it reads another message (RFC 9110 §6.5.1). */
const TOO_LATE: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
const MAX_NAME_CHARS = 20;

type State =
  | 'size'
  | 'extension'
  | 'extension_value'
  | 'size_end'
  | 'data'
  | 'data_return'
  | 'data_end'
  | 'line'
  | 'name'
  | 'value'
  | 'line_end'
  | 'end'
  | 'done';

export interface ChunkedBounds {
  /** Of all extensions of a body together. */
  readonly maxExtensionBytes: number;
  /** Of the trailers. */
  readonly maxTrailerBytes: number;
}

export class ChunkedDecoder {
  readonly #bounds: ChunkedBounds;
  #state: State = 'size';
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;
  /** Of a trailer, in lower case; of a long one the beginning. */
  #name = '';
  /** A name or value of an extension has begun: none may be empty. */
  #isTokenOpen = false;

  constructor(bounds: ChunkedBounds) {
    this.#bounds = bounds;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  /**
   * @param data takes views of the bytes
   * @returns where the body ended, or the length of the bytes when it goes on
   */
  decode(bytes: Buffer, from: number, data: (view: Buffer) => void): number | Fault {
    let at = from;
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state === 'data') {
        const to = Math.min(bytes.length, at + this.#size);
        data(bytes.subarray(at, to));
        this.#size -= to - at;
        at = to;
        if (this.#size === 0) this.#state = 'data_return';
      } else {
        const fault = this.#take(bytes[at] ?? 0);
        if (fault !== undefined) return fault;
        at += 1;
      }
    }
    return at;
  }

  /** One byte that is no data. */
  #take(code: number): Fault | undefined {
    switch (this.#state) {
      case 'size':
        return this.#takeSize(code);
      case 'extension':
      case 'extension_value':
        return this.#takeExtension(code);
      case 'size_end':
        if (code !== LF) return 'malformed';
        this.#digits = 0;
        this.#state = this.#size === 0 ? 'line' : 'data';
        return undefined;
      case 'data_return':
        return this.#expect(code, CR, 'data_end');
      case 'data_end':
        return this.#expect(code, LF, 'size');
      case 'end':
        return this.#expect(code, LF, 'done');
      case 'line':
      case 'name':
      case 'value':
      case 'line_end':
        this.#trailerBytes += 1;
        return this.#trailerBytes > this.#bounds.maxTrailerBytes ? 'head_too_large' : this.#takeTrailer(code);
      case 'data':
      case 'done':
        return undefined;
    }
  }

  #expect(code: number, expected: number, next: State): Fault | undefined {
    if (code !== expected) return 'malformed';
    this.#state = next;
    return undefined;
  }

  #takeSize(code: number): Fault | undefined {
    const digit = HEX[code] ?? 255;
    if (digit < 16) {
      this.#digits += 1;
      if (this.#digits > MAX_SIZE_DIGITS) return 'malformed';
      this.#size = this.#size * 16 + digit;
      return undefined;
    }
    if (this.#digits === 0) return 'malformed';
    if (code === CR) {
      this.#state = 'size_end';
      return undefined;
    }
    if (code !== SEMICOLON) return 'malformed';
    this.#isTokenOpen = false;
    this.#state = 'extension';
    return this.#countExtension();
  }

  /** `name` or `name=value`, more of them behind semicolons. Nobody sends quoted ones, and readers differ on them. */
  #takeExtension(code: number): Fault | undefined {
    if (TOKEN[code] === 1) {
      this.#isTokenOpen = true;
      return this.#countExtension();
    }
    if (!this.#isTokenOpen) return 'malformed';
    if (code === CR) {
      this.#state = 'size_end';
      return undefined;
    }
    if (code === SEMICOLON) this.#state = 'extension';
    else if (code === EQUALS && this.#state === 'extension') this.#state = 'extension_value';
    else return 'malformed';
    this.#isTokenOpen = false;
    return this.#countExtension();
  }

  #countExtension(): Fault | undefined {
    this.#extensionBytes += 1;
    return this.#extensionBytes > this.#bounds.maxExtensionBytes ? 'extensions_too_large' : undefined;
  }

  /** Checked and forgotten: nothing here reads trailers of a request. */
  #takeTrailer(code: number): Fault | undefined {
    switch (this.#state) {
      case 'line':
        if (code === CR) this.#state = 'end';
        else if (TOKEN[code] !== 1) return 'malformed';
        else {
          this.#name = lower(code);
          this.#state = 'name';
        }
        return undefined;
      case 'name':
        if (code === COLON) {
          this.#state = 'value';
          return TOO_LATE.has(this.#name) ? 'malformed' : undefined;
        }
        if (TOKEN[code] !== 1) return 'malformed';
        if (this.#name.length < MAX_NAME_CHARS) this.#name += lower(code);
        return undefined;
      case 'value':
        if (code === CR) this.#state = 'line_end';
        else if (VALUE[code] !== 1) return 'malformed';
        return undefined;
      default:
        return this.#expect(code, LF, 'line');
    }
  }
}

const lower = (code: number): string => String.fromCharCode(LOWER[code] ?? 0);
