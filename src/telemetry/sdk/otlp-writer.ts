/** Writes protobuf in one pass into one buffer that grows: lengths of short ASCII text are known before it is written. */
import { hrTime } from './readable-span.ts';

const FIRST_BYTES = 64 * 1024;
/** Text up to this is written by hand, which beats the call into the engine. */
const HAND_WRITTEN_CHARS = 96;
const TWO_TO_16 = 2 ** 16;
const TWO_TO_32 = 2 ** 32;

export class OtlpWriter {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  /** Bytes so far. */
  get size(): number {
    return this.#at;
  }

  /** Forgets what was written behind the first bytes. */
  cut(size: number): void {
    this.#at = size;
  }

  /** What was written, as long as nothing more is. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  raw(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#room(length);
    if (length <= HAND_WRITTEN_CHARS) {
      for (let index = 0; index < length; index += 1) this.#bytes[this.#at++] = bytes[index] ?? 0;
      return;
    }
    this.#bytes.set(bytes, this.#at);
    this.#at += length;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  /** Not negative, at most 2^53 − 1. */
  varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest >= TWO_TO_32) {
      this.#bytes[this.#at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    let low = rest >>> 0;
    while (low > 127) {
      this.#bytes[this.#at++] = (low & 0x7f) | 0x80;
      low >>>= 7;
    }
    this.#bytes[this.#at++] = low;
  }

  /** Any integer of 64 bits that a number holds; a negative one takes ten bytes, as protobuf has it. */
  int64(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    this.#room(10);
    while (rest > 0x7fn) {
      this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
  }

  double(value: number): void {
    this.#room(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  fixed32(value: number): void {
    this.#room(4);
    this.#at = this.#bytes.writeUInt32LE(value >>> 0, this.#at);
  }

  /**
   * Milliseconds since the epoch, with fraction, as fixed64 nanoseconds: 10^9 seconds in halves of 32 bits, each step
   * within what a double holds exactly. A double holds the epoch to a quarter of a microsecond.
   */
  unixNano(ms: number): void {
    const [seconds, nanos] = hrTime(ms);
    const upper = Math.floor(seconds / TWO_TO_16) * 1e9;
    const lower = (seconds % TWO_TO_16) * 1e9 + nanos + (upper % TWO_TO_16) * TWO_TO_16;
    this.fixed32(lower % TWO_TO_32);
    this.fixed32(Math.floor(upper / TWO_TO_16) + Math.floor(lower / TWO_TO_32));
  }

  /** Lower-case hex digits as bytes, with their length in front. */
  hex(digits: string): void {
    const length = digits.length >> 1;
    this.#room(length + 1);
    this.#bytes[this.#at++] = length;
    for (let index = 0; index < digits.length; index += 2) {
      this.#bytes[this.#at++] = (nibble(digits.charCodeAt(index)) << 4) | nibble(digits.charCodeAt(index + 1));
    }
  }

  /** UTF-8 with its length in front. */
  text(text: string): void {
    const { length } = text;
    if (length <= HAND_WRITTEN_CHARS) {
      this.#room(length + 1);
      const start = this.#at;
      this.#bytes[this.#at++] = length;
      for (let index = 0; index < length; index += 1) {
        const code = text.charCodeAt(index);
        if (code > 127) {
          this.#at = start;
          this.#encoded(text);
          return;
        }
        this.#bytes[this.#at++] = code;
      }
      return;
    }
    this.#encoded(text);
  }

  /**
   * Opens a message of unknown length.
   * @param kept bytes that its length will most often take
   * @returns what `close` wants
   */
  open(kept: number = 1): number {
    this.#room(kept);
    this.#at += kept;
    return this.#at;
  }

  /** @param kept as it was opened */
  close(start: number, kept: number = 1): void {
    const length = this.#at - start;
    const extra = varintSize(length) - kept;
    if (extra !== 0) {
      this.#room(Math.max(0, extra));
      this.#bytes.copyWithin(start + extra, start, this.#at);
    }
    const end = this.#at + extra;
    this.#at = start - kept;
    this.varint(length);
    this.#at = end;
  }

  #encoded(text: string): void {
    const length = Buffer.byteLength(text);
    this.varint(length);
    this.#room(length);
    this.#at += this.#bytes.write(text, this.#at);
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** Of a lower-case hex digit. */
const nibble = (code: number): number => (code < 58 ? code - 48 : code - 87);

function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}
