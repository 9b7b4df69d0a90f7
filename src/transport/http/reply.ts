/** What a route answers, before it is bytes on a socket. */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import type { Failure } from '../../core/failure.ts';
import type { StreamEvent } from '../../core/reply.ts';
import type { ProviderStream } from '../../executor/provider.ts';
import { problemHeaders, problemOf } from './problem.ts';

/** Lower-case names. */
export type Headers = Readonly<Record<string, string>>;

export interface WholeReply {
  readonly kind: 'whole';
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: Headers;
}

/** 200, and then what a model says while it says it. */
export interface StreamReply {
  readonly kind: 'stream';
  readonly contentType: string;
  readonly headers: Headers;
  /** Names of what `trailers` may hold. */
  readonly trailerNames: string;
  readonly stream: ProviderStream;
  /** @returns what goes to the client now; undefined or empty: nothing */
  readonly write: (events: readonly StreamEvent[], raw: Uint8Array | undefined) => string | Uint8Array | undefined;
  /** @returns what ends a stream that broke, so that nobody takes it for whole; empty where that was said */
  readonly fail: (failure: AttemptFailure) => string;
  /** Asked when the stream has ended. */
  readonly trailers: () => Headers;
}

export type Reply = WholeReply | StreamReply;

/** 200 with a JSON document. */
export function jsonReply(document: unknown, headers?: Headers): WholeReply {
  const body = JSON.stringify(document);
  return {
    kind: 'whole',
    status: 200,
    contentType: 'application/json',
    body,
    ...(headers === undefined ? undefined : { headers }),
  };
}

/**
 * @param headers added to those of the failure's code
 * @param status for what HTTP itself refuses with a status of its own; default that of the code
 */
export function problemReply(failure: Failure, headers?: Headers, status?: number): WholeReply {
  const problem = problemOf(failure, status);
  return {
    kind: 'whole',
    status: problem.status,
    contentType: 'application/problem+json',
    body: JSON.stringify(problem),
    headers: { ...problemHeaders(failure), ...headers },
  };
}
