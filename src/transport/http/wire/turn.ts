/** One request and its answer, as the connection hands them up. Who answers writes here; the connection moves bytes. */
import type { Socket } from 'node:net';
import { Cancellation } from '../../../core/cancellation.ts';
import { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';
import type { Closing } from './response-head.ts';

export type Bytes = string | Uint8Array;
/** `ascii`: the same in either. */
export type Encoding = 'latin1' | 'utf8' | 'ascii';

/** What becomes of the connection behind an answer. */
export type Behind =
  | 'stay'
  | 'close'
  /** Closes when the body that still comes is over, or was waited for long enough: so the sender reads the answer. */
  | 'linger';

/** What a turn needs of its connection. */
export interface Line {
  readonly socket: Socket;
  readonly shared: { readonly isDraining: boolean; closing(): Closing };
  /** Goes on reading what was stopped because nobody wanted it. */
  resume(): void;
  /** @returns false when the client takes no more for now */
  write(bytes: Bytes, encoding: Encoding): boolean;
  /** As `write`; nothing more is said in this turn. */
  finish(bytes: Bytes, encoding: Encoding, behind: Behind): void;
}

/** Who writes an answer in pieces. */
export interface StreamWriter {
  /** The client takes more again. */
  drained(): void;
  /** It left before the end. */
  left(): void;
}

export class Turn {
  readonly head: RequestHead;
  readonly body: RequestBody = new RequestBody();
  /** The answer may take longer than a silent connection is kept. */
  isPatient = false;
  /** Bytes of the answer are on their way; it cannot be another one any more. */
  hasSaid = false;
  writer: StreamWriter | undefined;
  /** Aborted when the client leaves before the answer is written. */
  readonly leaving: Cancellation = new Cancellation();
  /** The client is not there any more, or nothing more may be said to it. */
  isGone = false;
  private readonly line: Line;

  constructor(head: RequestHead, line: Line) {
    this.head = head;
    this.line = line;
  }

  get socket(): Socket {
    return this.line.socket;
  }

  /** The body, `100 Continue` said where the client waits for it. */
  read(limitBytes: number): Promise<Uint8Array> {
    if (this.head.expectation === 'continue' && !this.isGone) {
      this.line.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
    }
    const body = this.body.read(limitBytes);
    this.line.resume();
    return body;
  }

  /** The connection stays for another request, if the answer leaves that open. */
  stays(behind: Behind): boolean {
    return behind === 'stay' && this.head.keepsAlive && !this.line.shared.isDraining;
  }

  /** The lines that end the head of the answer, before its empty line. */
  closingLines(stays: boolean): string {
    const closing = this.line.shared.closing();
    return stays ? closing.stays : closing.closes;
  }

  write(bytes: Bytes, encoding: Encoding): boolean {
    this.hasSaid = true;
    return this.line.write(bytes, encoding);
  }

  finish(bytes: Bytes, encoding: Encoding, behind: Behind): void {
    this.hasSaid = true;
    this.line.finish(bytes, encoding, behind);
  }

  destroy(): void {
    this.line.socket.destroy();
  }

  /** By the connection, once: the answer is out. */
  finished(): void {
    this.isGone = true;
  }

  /** By the connection, once: the client left, or was cut. */
  left(): void {
    this.isGone = true;
    this.body.break();
    this.leaving.abort();
    this.writer?.left();
  }
}
