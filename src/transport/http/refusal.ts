/** What is said to bytes that are refused below any route, as a whole answer that ends the connection. */
import { Failure } from '../../core/failure.ts';
import { problemOf } from './problem.ts';
import type { Fault } from './wire/fault.ts';
import { statusLine } from './wire/response-head.ts';

/** The bytes of the client are never quoted. */
export function refusalText(fault: Fault): string {
  switch (fault) {
    case 'malformed':
      return rawProblem(new Failure('invalid_request', 'the bytes are not an HTTP/1.1 request'), 400);
    case 'head_too_large':
      return rawProblem(new Failure('too_large', 'headers: more or longer than their bound'), 431);
    case 'extensions_too_large':
      return rawProblem(new Failure('too_large', 'chunk extensions: longer than their bound'), 413);
    case 'late':
      return rawProblem(new Failure('deadline_exceeded', 'the request did not arrive in time'), 408);
    case 'tunnel':
      return rawProblem(new Failure('method_not_allowed', 'method CONNECT: this is no proxy'), 405);
  }
}

function rawProblem(failure: Failure, status: number): string {
  const body = JSON.stringify(problemOf(failure, status));
  const head = [
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...(status === 405 ? ['allow: GET, HEAD, POST'] : []),
  ];
  return `${statusLine(status)}${head.join('\r\n')}\r\n\r\n${body}`;
}
