/**
 * Body of one request while it arrives: held within a small bound until somebody asks for it, gathered within the bound
 * of who asked, or thrown away. One that came whole with its head is given as it is, without a copy.
 */
import { Failure } from '../../../core/failure.ts';

/** Of a body that nobody asked for yet; what is beyond waits in the socket. */
const MAX_HELD_BYTES = 65_536;
const EMPTY = new Uint8Array(0);

interface Reader {
  readonly limitBytes: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (failure: Failure) => void;
}

export class RequestBody {
  /** Bytes that came and were thrown away. */
  discardedBytes = 0;
  /** Longer than its reader takes. */
  isTooLong = false;
  #state: 'arriving' | 'complete' | 'broken' = 'arriving';
  #isWanted = true;
  #reader: Reader | undefined;
  #bytes: Uint8Array = EMPTY;
  /** Those of `#bytes` that are in use: it grows ahead. */
  #sizeBytes = 0;
  /** `#bytes` is ours to write to, and no view of what the socket read. */
  #isOwn = false;

  get isComplete(): boolean {
    return this.#state === 'complete';
  }

  /** @returns false when no more is taken until somebody asks */
  add(view: Uint8Array): boolean {
    if (!this.#isWanted) {
      this.discardedBytes += view.length;
      return true;
    }
    const sizeBytes = this.#sizeBytes + view.length;
    const reader = this.#reader;
    if (reader !== undefined && sizeBytes > reader.limitBytes) {
      this.#reader = undefined;
      this.isTooLong = true;
      reader.reject(tooLarge('longer than its bound', reader.limitBytes));
      this.discard();
      return true;
    }
    if (this.#sizeBytes === 0) {
      this.#bytes = view;
    } else {
      if (!this.#isOwn || sizeBytes > this.#bytes.length) this.#grow(sizeBytes);
      this.#bytes.set(view, this.#sizeBytes);
    }
    this.#sizeBytes = sizeBytes;
    return reader !== undefined || sizeBytes < MAX_HELD_BYTES;
  }

  complete(): void {
    this.#state = 'complete';
    this.#reader?.resolve(this.#taken());
    this.#reader = undefined;
  }

  /** Its end will not come. */
  break(): void {
    if (this.#state !== 'arriving') return;
    this.#state = 'broken';
    this.#reader?.reject(left());
    this.#reader = undefined;
  }

  /** Nobody reads it, or the rest of it. */
  discard(): void {
    this.#isWanted = false;
    this.#reader?.reject(left());
    this.#reader = undefined;
    this.#bytes = EMPTY;
    this.#sizeBytes = 0;
  }

  /**
   * Asked once.
   * @throws Failure `too_large`; `cancelled` when the client leaves before the end
   */
  read(limitBytes: number): Promise<Uint8Array> {
    if (this.#sizeBytes > limitBytes) {
      this.isTooLong = true;
      this.discard();
      return Promise.reject(tooLarge('longer than its bound', limitBytes));
    }
    switch (this.#state) {
      case 'complete':
        return Promise.resolve(this.#taken());
      case 'broken':
        return Promise.reject(left());
      case 'arriving':
        return new Promise((resolve, reject) => {
          this.#reader = { limitBytes, resolve, reject };
        });
    }
  }

  #taken(): Uint8Array {
    const bytes = this.#bytes.length === this.#sizeBytes ? this.#bytes : this.#bytes.subarray(0, this.#sizeBytes);
    this.#bytes = EMPTY;
    return bytes;
  }

  /** By doubling, so that a body in a thousand pieces is not copied a thousand times. */
  #grow(neededBytes: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(neededBytes, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#sizeBytes));
    this.#bytes = grown;
    this.#isOwn = true;
  }
}

export const tooLarge = (what: string, limitBytes: number): Failure =>
  new Failure('too_large', `body: ${what}, at most ${limitBytes} bytes`);

const left = (): Failure => new Failure('cancelled', 'the client left before the end of the body');
