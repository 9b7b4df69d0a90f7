/** What a route answers, before it is bytes on a socket. */
import type { Failure } from '../../core/failure.ts';
import { problemHeaders, problemOf } from './problem.ts';

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** 200 with a JSON document. */
export function jsonReply(document: unknown, headers?: Readonly<Record<string, string>>): Reply {
  const body = JSON.stringify(document);
  return { status: 200, contentType: 'application/json', body, ...(headers === undefined ? undefined : { headers }) };
}

/**
 * @param headers added to those of the failure's code
 * @param status for what HTTP itself refuses with a status of its own; default that of the code
 */
export function problemReply(failure: Failure, headers?: Readonly<Record<string, string>>, status?: number): Reply {
  const problem = problemOf(failure, status);
  return {
    status: problem.status,
    contentType: 'application/problem+json',
    body: JSON.stringify(problem),
    headers: { ...problemHeaders(failure.code), ...headers },
  };
}
