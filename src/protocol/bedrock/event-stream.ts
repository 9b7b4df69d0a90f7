/**
 * AWS event-stream frames: bytes, split anywhere → frames with checked sums. A frame is a prelude (length of the frame,
 * length of its headers, CRC-32 of both), headers, a payload, and a CRC-32 of all before it; numbers are big-endian.
 * Format: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html.
 * Fails by a named fault, after which nothing more is read: what follows a bad frame cannot be found again.
 */
import { crc32 } from 'node:zlib';
import { type FrameHeaders, HeadersFault, readHeaders } from './frame-headers.ts';

export interface Frame {
  readonly headers: FrameHeaders;
  /** Valid only while it is told: a view of the bytes that were fed. */
  readonly payload: Uint8Array;
}

export type FrameFault =
  | 'prelude_checksum'
  | 'message_checksum'
  | 'frame_too_small'
  | 'frame_too_large'
  | 'headers_too_large'
  | 'header_malformed'
  | 'header_repeated'
  | 'truncated';

const PRELUDE_BYTES = 12;
const SUM_BYTES = 4;
/** AWS's own bound on headers. */
const MAX_HEADERS_BYTES = 128 * 1024;
/** AWS allows 24 MB; an event of a model's answer is some hundred bytes. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** A class because it holds the rest of a frame from one read of the socket to the next. */
export class FrameDecoder {
  readonly #onFrame: (frame: Frame) => void;
  /** The start of a frame whose end did not come yet. */
  #pending: Buffer = EMPTY;
  #pendingBytes = 0;
  #fault: FrameFault | undefined;
  /** Those of the frame before: the events of a stream repeat them, so they are rarely read anew. */
  #headers: FrameHeaders | undefined;
  #headerBytes: Buffer = EMPTY;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** @returns what is wrong, once and for all; frames before it were told */
  feed(chunk: Uint8Array): FrameFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    let at = 0;
    while (this.#pendingBytes > 0 && at < chunk.length) {
      const wanted = this.#wanted();
      if (wanted === undefined) return this.#fault;
      const taken = Math.min(wanted - this.#pendingBytes, chunk.length - at);
      this.#keep(chunk, at, at + taken);
      at += taken;
      if (this.#pendingBytes < wanted || wanted <= PRELUDE_BYTES) continue;
      this.#pendingBytes = 0;
      if (!this.#read(this.#pending, 0, wanted)) return this.#fault;
    }
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (bytes.length - at >= PRELUDE_BYTES) {
      const total = this.#lengthAt(bytes, at);
      if (total === undefined) return this.#fault;
      if (bytes.length - at < total) break;
      if (!this.#read(bytes, at, at + total)) return this.#fault;
      at += total;
    }
    if (at < bytes.length) this.#keep(bytes, at, bytes.length);
    return undefined;
  }

  /** The body ended. */
  end(): FrameFault | undefined {
    if (this.#fault === undefined && this.#pendingBytes > 0) this.#fault = 'truncated';
    return this.#fault;
  }

  /** How long the pending frame is, as far as that is known. */
  #wanted(): number | undefined {
    return this.#pendingBytes < PRELUDE_BYTES ? PRELUDE_BYTES : this.#lengthAt(this.#pending, 0);
  }

  /** @returns the length of the frame that starts there; undefined: it is at fault */
  #lengthAt(bytes: Buffer, start: number): number | undefined {
    const total = bytes.readUInt32BE(start);
    const headers = bytes.readUInt32BE(start + 4);
    // The sum first: a length that was garbled on the way says nothing.
    if (crc32(bytes.subarray(start, start + 8)) !== bytes.readUInt32BE(start + 8)) this.#fault = 'prelude_checksum';
    else if (total > MAX_FRAME_BYTES) this.#fault = 'frame_too_large';
    else if (headers > MAX_HEADERS_BYTES) this.#fault = 'headers_too_large';
    else if (total < PRELUDE_BYTES + headers + SUM_BYTES) this.#fault = 'frame_too_small';
    else return total;
    return undefined;
  }

  /** @returns whether the frame is good; then it was told */
  #read(bytes: Buffer, start: number, end: number): boolean {
    const sumAt = end - SUM_BYTES;
    if (crc32(bytes.subarray(start, sumAt)) !== bytes.readUInt32BE(sumAt)) {
      this.#fault = 'message_checksum';
      return false;
    }
    const payloadAt = start + PRELUDE_BYTES + bytes.readUInt32BE(start + 4);
    const headers = this.#headersOf(bytes.subarray(start + PRELUDE_BYTES, payloadAt));
    if (headers === undefined) return false;
    this.#onFrame({ headers, payload: bytes.subarray(payloadAt, sumAt) });
    return true;
  }

  #headersOf(bytes: Buffer): FrameHeaders | undefined {
    if (this.#headers !== undefined && bytes.equals(this.#headerBytes)) return this.#headers;
    try {
      this.#headers = readHeaders(bytes);
    } catch (fault) {
      if (!(fault instanceof HeadersFault)) throw fault;
      this.#fault = fault.kind;
      return undefined;
    }
    this.#headerBytes = Buffer.from(bytes);
    return this.#headers;
  }

  /** Grows by doubling: a length that only claims to be large costs nothing. */
  #keep(bytes: Uint8Array, from: number, to: number): void {
    const needed = this.#pendingBytes + to - from;
    if (needed > this.#pending.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#pending.length * 2, 1024));
      this.#pending.copy(grown, 0, 0, this.#pendingBytes);
      this.#pending = grown;
    }
    this.#pending.set(bytes.subarray(from, to), this.#pendingBytes);
    this.#pendingBytes = needed;
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
