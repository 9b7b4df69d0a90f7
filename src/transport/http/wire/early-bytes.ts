/** What came behind the request that runs, within a bound: the rest waits in the socket. */

const MAX_BYTES = 65_536;

export class EarlyBytes {
  private pieces: Buffer[] = [];
  private sizeBytes = 0;

  get isFull(): boolean {
    return this.sizeBytes > MAX_BYTES;
  }

  add(bytes: Buffer): void {
    this.pieces.push(bytes);
    this.sizeBytes += bytes.length;
  }

  /** @returns undefined: nothing came */
  take(): Buffer | undefined {
    if (this.sizeBytes === 0) return undefined;
    const { pieces } = this;
    this.pieces = [];
    this.sizeBytes = 0;
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }
}
