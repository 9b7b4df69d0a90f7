/** Where the readers of a response put what they read. */
import type { HttpHeaders } from './http-exchange.ts';

export interface BodySink {
  /** Once it is, nothing more is put here: whoever is told wants a pause, or no more at all. */
  readonly isStopped: boolean;
  /** Valid until this returns: the bytes are read into the same memory again. */
  piece(bytes: Buffer, from: number, to: number): void;
}

export interface ResponseSink extends BodySink {
  head(status: number, headers: HttpHeaders): void;
}
