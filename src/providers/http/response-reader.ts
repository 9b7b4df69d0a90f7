/**
 * From the bytes of a connection to one response after another, however the bytes are split. It knows no socket. For the
 * connection alone.
 */
import type { ResponseSink } from './body-sink.ts';
import { ChunkedBody } from './chunked-body.ts';
import { ResponseHead } from './response-head.ts';

/** What the next byte belongs to. `over`: the response is whole. */
export type Phase = 'head' | 'length' | 'chunked' | 'close' | 'over' | 'broken';

const HEAD_END = Buffer.from('\r\n\r\n');
const START = Buffer.from('HTTP/1.');
const MAX_HEAD_BYTES = 16 * 1024;
/** Such as 103; without a bound, a vendor that sends nothing else would never be done. */
const MAX_INFORMATIONAL = 16;

export class ResponseReader {
  readonly head = new ResponseHead();
  readonly #chunked = new ChunkedBody();
  #phase: Phase = 'over';
  /** Of a body with a length: bytes still to come. */
  #left = 0;
  #informational = 0;
  /** The start of a head whose end has not come, and how much of it there is. */
  #partial: Buffer | undefined;
  #partialBytes = 0;

  get phase(): Phase {
    return this.#phase;
  }

  /** A response is to come. */
  begin(): void {
    this.#phase = 'head';
    this.#informational = 0;
  }

  /** @returns where it stopped: at `end`, behind the response, where it is broken, or where the sink stops it */
  read(bytes: Buffer, start: number, end: number, sink: ResponseSink): number {
    let at = start;
    while (at < end && !sink.isStopped) {
      switch (this.#phase) {
        case 'head':
          at = this.#readHead(bytes, at, end, sink);
          break;
        case 'length': {
          const to = Math.min(end, at + this.#left);
          this.#left -= to - at;
          if (this.#left === 0) this.#phase = 'over';
          sink.piece(bytes, at, to);
          at = to;
          break;
        }
        case 'chunked': {
          at = this.#chunked.read(bytes, at, end, sink);
          const { state } = this.#chunked;
          if (state === 'over' || state === 'broken') this.#phase = state;
          break;
        }
        case 'close':
          sink.piece(bytes, at, end);
          at = end;
          break;
        case 'over':
        case 'broken':
          return at;
      }
    }
    return at;
  }

  /** The vendor sends no more. */
  finish(): void {
    this.#phase = this.#phase === 'close' ? 'over' : 'broken';
  }

  #readHead(bytes: Buffer, start: number, end: number, sink: ResponseSink): number {
    if (this.#partial !== undefined) return this.#readPartial(this.#partial, bytes, start, end, sink);
    // Behind `end` may be what was read before: what is found there is not found.
    const found = bytes.indexOf(HEAD_END, start);
    if (found === -1 || found + 4 > end) {
      if (end - start >= MAX_HEAD_BYTES || !startsWell(bytes, start, end)) return this.#break(end);
      const partial = Buffer.allocUnsafe(MAX_HEAD_BYTES);
      this.#partialBytes = bytes.copy(partial, 0, start, end);
      this.#partial = partial;
      return end;
    }
    if (found + 4 - start > MAX_HEAD_BYTES) return this.#break(end);
    this.#tell(bytes.toString('latin1', start, found + 2), sink);
    return found + 4;
  }

  /** Looks at what is new and the three bytes before it, so that a head that drips is not searched again and again. */
  #readPartial(partial: Buffer, bytes: Buffer, start: number, end: number, sink: ResponseSink): number {
    const before = this.#partialBytes;
    this.#partialBytes += bytes.copy(partial, before, start, end);
    const filled = partial.subarray(0, this.#partialBytes);
    const found = filled.indexOf(HEAD_END, Math.max(0, before - 3));
    if (found === -1) {
      if (this.#partialBytes === MAX_HEAD_BYTES || !startsWell(filled, 0, filled.length)) return this.#break(end);
      return end;
    }
    this.#partial = undefined;
    this.#tell(filled.toString('latin1', 0, found + 2), sink);
    return start + found + 4 - before;
  }

  #tell(text: string, sink: ResponseSink): void {
    const { head } = this;
    if (!head.read(text) || head.status === 101) {
      this.#phase = 'broken';
      return;
    }
    if (head.status < 200) {
      this.#informational += 1;
      // Behind one that ends the connection, or has a body, there can be no answer.
      if (this.#informational > MAX_INFORMATIONAL || !head.keepsConnection) this.#phase = 'broken';
      return;
    }
    switch (head.framing) {
      case 'none':
        this.#phase = 'over';
        break;
      case 'length':
        this.#left = head.length;
        this.#phase = head.length === 0 ? 'over' : 'length';
        break;
      case 'chunked':
        this.#chunked.begin();
        this.#phase = 'chunked';
        break;
      case 'close':
        this.#phase = 'close';
        break;
    }
    sink.head(head.status, head.headers);
  }

  #break(at: number): number {
    this.#phase = 'broken';
    this.#partial = undefined;
    return at;
  }
}

/** What is no HTTP is known by its first bytes; who speaks something else may wait for us to go on. */
function startsWell(bytes: Buffer, start: number, end: number): boolean {
  const length = Math.min(START.length, end - start);
  return bytes.compare(START, 0, length, start, start + length) === 0;
}
