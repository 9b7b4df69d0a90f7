/**
 * Finds the end of a head. Most come whole; of one that comes in pieces each byte is looked at once, and what cannot be a
 * head is told at its first wrong byte, not when a client that speaks something else gives up.
 */
import { CR, LF, TAB } from './characters.ts';
import type { Fault } from './fault.ts';

const FIRST_BYTES = 1024;
const END_BYTES = 4;
/** Of the four bytes that end a head. */
const END: Buffer = Buffer.from('\r\n\r\n', 'latin1');

export interface HeadText {
  /** Latin-1, with the empty line that ends it. */
  readonly text: string;
  /** Where in the bytes it ended. */
  readonly end: number;
}

export class HeadReader {
  private readonly maxBytes: number;
  private pieces: HeadPieces | undefined;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Some of it is there. */
  get isBegun(): boolean {
    return this.pieces !== undefined && this.pieces.length > 0;
  }

  /** @returns undefined: it goes on */
  read(bytes: Buffer): HeadText | Fault | undefined {
    if (this.pieces === undefined && bytes[0] !== CR) {
      const end = bytes.indexOf(END) + END_BYTES;
      if (end >= END_BYTES)
        return end > this.maxBytes ? 'head_too_large' : { text: bytes.toString('latin1', 0, end), end };
    }
    this.pieces ??= new HeadPieces();
    const { pieces } = this;
    const end = pieces.add(bytes);
    if (typeof end === 'string') return end;
    const behind = end === undefined ? 0 : bytes.length - end;
    if (pieces.length - behind > this.maxBytes) return 'head_too_large';
    if (end === undefined) return undefined;
    this.pieces = undefined;
    return { text: pieces.text(behind), end };
  }
}

class HeadPieces {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;
  /** The first half of an empty line stands before the head. */
  #hasReturn = false;

  get length(): number {
    return this.#length;
  }

  /** @returns how many of the bytes belong to the head when they end it; undefined when it goes on */
  add(bytes: Buffer): number | Fault | undefined {
    const skipped = this.#length === 0 ? this.#skipEmptyLines(bytes) : 0;
    if (typeof skipped === 'string') return skipped;
    const from = this.#length;
    this.#append(bytes.subarray(skipped));
    const end = this.#bytes.subarray(0, this.#length).indexOf(END, Math.max(0, from - END_BYTES + 1));
    const fault = this.#check(from, end < 0 ? this.#length : end + END_BYTES);
    if (fault !== undefined) return fault;
    return end < 0 ? undefined : skipped + end + END_BYTES - from;
  }

  /** @param behind how many bytes at the end belong to what follows */
  text(behind: number): string {
    return this.#bytes.toString('latin1', 0, this.#length - behind);
  }

  /** RFC 9112 §2.2: some clients end a body with a line end that is not its. */
  #skipEmptyLines(bytes: Buffer): number | Fault {
    let at = 0;
    while (at < bytes.length && (this.#hasReturn || bytes[at] === CR)) {
      if (this.#hasReturn && bytes[at] !== LF) return 'malformed';
      this.#hasReturn = !this.#hasReturn;
      at += 1;
    }
    return at;
  }

  #append(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    bytes.copy(this.#bytes, this.#length);
    this.#length = needed;
  }

  /** Whether lines end as they must and no control character is among them; the rest is for the parser. */
  #check(from: number, to: number): Fault | undefined {
    for (let at = from; at < to; at += 1) {
      const code = this.#bytes[at] ?? 0;
      const isAfterReturn = at > 0 && this.#bytes[at - 1] === CR;
      if (isAfterReturn !== (code === LF)) return 'malformed';
      if (code === 0x7f || (code < 0x20 && code !== CR && code !== LF && code !== TAB)) return 'malformed';
    }
    return undefined;
  }
}
