/** Port: who answers the requests of a listener, and the bounds of its connections. */
import type { Socket } from 'node:net';
import type { Fault } from './fault.ts';
import type { Closing } from './response-head.ts';
import type { Turn } from './turn.ts';

export interface Service {
  /** The head is there; its body may still come. */
  begin(turn: Turn): void;
  /** Its answer is out, or its client gone. */
  over(turn: Turn): void;
  /** A whole answer that ends the connection. */
  refusal(fault: Fault): string;
}

export interface ConnectionBounds {
  /** Of the request line and the fields together; of the trailers as well. */
  readonly maxHeaderBytes: number;
  readonly maxFields: number;
  readonly headersTimeoutMs: number;
  /** Until the last byte of the body. */
  readonly requestTimeoutMs: number;
  /** Of an idle connection, and of one whose client takes nothing. */
  readonly keepaliveTimeoutMs: number;
}

/** What all connections of a listener share. */
export interface Shared {
  readonly service: Service;
  readonly bounds: ConnectionBounds;
  readonly closing: () => Closing;
  isDraining: boolean;
  /** Told when the socket of one is closed. */
  readonly closed: (socket: Socket) => void;
}
