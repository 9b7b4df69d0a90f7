/**
 * The body of a response in chunks (RFC 9112, 7.1), however its bytes are split. Extensions and trailers are skipped, and
 * bounded. For the reader of responses alone.
 */
import type { BodySink } from './body-sink.ts';

/** What the next byte belongs to; `over` and `broken` take no more. */
type State =
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'line'
  | 'trailer'
  | 'trailer-lf'
  | 'last-lf'
  | 'over'
  | 'broken';

/** 2^53 has 14; some pad with zeros. */
const MAX_DIGITS = 16;
/** Extensions of one chunk. */
const MAX_EXTENSION_BYTES = 4 * 1024;
/** All of them. */
const MAX_TRAILER_BYTES = 16 * 1024;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const SEMICOLON = 59;

export class ChunkedBody {
  #state: State = 'size';
  /** Of the chunk: as read so far, then what is still to come. */
  #size = 0;
  #digits = 0;
  /** Bytes that were skipped: of the extensions of a chunk, and of the trailers behind the last. */
  #skipped = 0;

  get state(): State {
    return this.#state;
  }

  begin(): void {
    this.#beginChunk();
  }

  /** @returns where it stopped: at `end`, behind the body, where it is broken, or behind a piece that the sink stops at */
  read(bytes: Buffer, start: number, end: number, sink: BodySink): number {
    let at = start;
    while (at < end) {
      if (this.#state === 'data') {
        const to = Math.min(end, at + this.#size);
        this.#size -= to - at;
        if (this.#size === 0) this.#state = 'data-cr';
        sink.piece(bytes, at, to);
        at = to;
        if (sink.isStopped) return at;
      } else {
        // A number that `noUncheckedIndexedAccess` cannot know of: `at` is below `end`.
        this.#state = this.#next(bytes[at] ?? 0);
        at += 1;
        if (this.#state === 'over' || this.#state === 'broken') return at;
      }
    }
    return at;
  }

  #next(byte: number): State {
    switch (this.#state) {
      case 'size':
        return this.#nextOfSize(byte);
      case 'extension':
        if (byte === CR) return 'size-lf';
        return this.#skip(byte, MAX_EXTENSION_BYTES) ? 'extension' : 'broken';
      case 'size-lf':
        if (byte !== LF) return 'broken';
        return this.#size === 0 ? 'line' : 'data';
      case 'data-cr':
        return byte === CR ? 'data-lf' : 'broken';
      case 'data-lf':
        if (byte !== LF) return 'broken';
        return this.#beginChunk();
      case 'line':
        if (byte === CR) return 'last-lf';
        return this.#skip(byte, MAX_TRAILER_BYTES) ? 'trailer' : 'broken';
      case 'trailer':
        if (byte === CR) return 'trailer-lf';
        return this.#skip(byte, MAX_TRAILER_BYTES) ? 'trailer' : 'broken';
      case 'trailer-lf':
        return byte === LF ? 'line' : 'broken';
      case 'last-lf':
        return byte === LF ? 'over' : 'broken';
      case 'data':
      case 'over':
      case 'broken':
        return 'broken';
    }
  }

  #nextOfSize(byte: number): State {
    const digit = hexOf(byte);
    if (digit !== -1) {
      this.#digits += 1;
      this.#size = this.#size * 16 + digit;
      return this.#digits > MAX_DIGITS || this.#size > Number.MAX_SAFE_INTEGER ? 'broken' : 'size';
    }
    if (this.#digits === 0) return 'broken';
    if (byte === CR) return 'size-lf';
    return byte === SEMICOLON || byte === SPACE || byte === TAB ? 'extension' : 'broken';
  }

  #beginChunk(): State {
    this.#size = 0;
    this.#digits = 0;
    this.#skipped = 0;
    this.#state = 'size';
    return 'size';
  }

  /** What is skipped is text all the same: a line feed alone is where two readers would part. */
  #skip(byte: number, max: number): boolean {
    this.#skipped += 1;
    return this.#skipped <= max && (byte >= SPACE || byte === TAB) && byte !== 0x7f;
  }
}

function hexOf(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
