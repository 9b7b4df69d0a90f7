/** A body whose length was declared, in pieces as they come and without copying. */

export class LengthDecoder {
  private leftBytes: number;

  constructor(lengthBytes: number) {
    this.leftBytes = lengthBytes;
  }

  get isDone(): boolean {
    return this.leftBytes === 0;
  }

  /** @returns where the body ended, or the length of the bytes when it goes on */
  decode(bytes: Buffer, from: number, data: (view: Buffer) => void): number {
    const end = Math.min(bytes.length, from + this.leftBytes);
    this.leftBytes -= end - from;
    data(bytes.subarray(from, end));
    return end;
  }
}
