/** One response read from bytes that are split as a test says, without a socket. */
import type { HttpHeaders } from '../../../../src/providers/http/http-exchange.ts';
import { type Phase, ResponseReader } from '../../../../src/providers/http/response-reader.ts';

export interface Read {
  readonly phase: Phase;
  /** Of the answer; 0 where none was told. */
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: string;
  /** Bytes behind the response. */
  readonly rest: string;
  readonly keepsConnection: boolean;
}

export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/**
 * Reads piece by piece, each at an offset within memory that has other bytes before and behind it, as sockets do.
 *
 * @param isEnded the vendor closes its side behind the last piece
 */
export function read(pieces: readonly Buffer[], isEnded = false): Read {
  const reader = new ResponseReader();
  reader.begin();
  let status = 0;
  let headers: HttpHeaders = {};
  let body = '';
  let rest = '';
  const sink = {
    isStopped: false,
    head(code: number, all: HttpHeaders): void {
      if (status !== 0) throw new Error('there is one head');
      status = code;
      headers = all;
    },
    piece(bytes: Buffer, from: number, to: number): void {
      body += bytes.toString('latin1', from, to);
    },
  };
  for (const piece of pieces) {
    // What is found behind the piece must not be taken for a part of it.
    const bytes = Buffer.concat([latin1('\r\n'), piece, latin1('\r\n\r\n')]);
    const end = 2 + piece.length;
    rest += bytes.toString('latin1', reader.read(bytes, 2, end, sink), end);
  }
  if (isEnded && reader.phase !== 'over' && reader.phase !== 'broken') reader.finish();
  return { phase: reader.phase, status, headers, body, rest, keepsConnection: reader.head.keepsConnection };
}

/** In two, at every place, and byte by byte. */
export function splits(bytes: Buffer): readonly (readonly Buffer[])[] {
  const inTwo = Array.from(bytes, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);
  return [[bytes], ...inTwo, Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))];
}
