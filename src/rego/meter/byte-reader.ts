/** Reads the binary format of WebAssembly; every step out of bounds or past an encoding's limit is a `FormatError`. */

/** The bytes are not the format they claim to be. Never leaves `rego/`: whoever reads turns it into a Failure. */
export class FormatError extends Error {}

export class ByteReader {
  readonly bytes: Uint8Array;
  /** Offset of the next byte. */
  at: number;
  /** Offset past the last byte. */
  readonly end: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    if (this.at >= this.end) throw new FormatError(`cut off at byte ${this.at}`);
    return this.bytes[this.at++] ?? 0;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw new FormatError(`integer longer than 32 bits before byte ${this.at}`);
  }

  /** Passes over a signed or unsigned LEB128 of at most `maxBytes` bytes. */
  skipLeb(maxBytes: number): void {
    for (let count = 0; count < maxBytes; count++) {
      if (this.byte() < 0x80) return;
    }
    throw new FormatError(`integer longer than ${maxBytes} bytes before byte ${this.at}`);
  }

  skip(count: number): void {
    if (count > this.end - this.at) throw new FormatError(`cut off at byte ${this.end}, ${count} wanted at ${this.at}`);
    this.at += count;
  }

  /** A reader of the next `count` bytes; this one goes on after them. */
  part(count: number): ByteReader {
    const start = this.at;
    this.skip(count);
    return new ByteReader(this.bytes, start, this.at);
  }

  /** A name: its length, then UTF-8. */
  name(): string {
    const part = this.part(this.u32());
    return Buffer.from(part.bytes.buffer, part.bytes.byteOffset + part.at, part.end - part.at).toString('utf8');
  }

  rest(): Uint8Array {
    return this.bytes.subarray(this.at, this.end);
  }
}
