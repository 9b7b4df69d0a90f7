/** One request as a route sees it: parsed as little as possible, read only when asked. */
import { TLSSocket } from 'node:tls';
import type { CancelSignal } from '../../core/cancellation.ts';
import { Failure } from '../../core/failure.ts';
import type { Arrival, Credential } from '../../flows/arrival.ts';
import { certificateSubject } from '../certificate.ts';
import type { OperationName } from './operations.ts';
import { tooLarge } from './wire/request-body.ts';
import type { Turn } from './wire/turn.ts';

export interface Exchange {
  readonly operation: OperationName;
  /** What `{path}` of the template stands for, still encoded; empty where there is none. */
  readonly path: string;
  /** Behind the question mark, still encoded. */
  readonly query: string;
  /** @throws Failure `invalid_request` when the timeout header is malformed */
  arrive(): Arrival;
  header(name: string): string | undefined;
  /** @throws Failure `too_large`, `cancelled` */
  read(limitBytes: number): Promise<Uint8Array>;
  /** The client left; nobody would read the answer. */
  isGone(): boolean;
  /** Aborted when the client leaves before the answer is written. */
  readonly leaving: CancelSignal;
}

export interface ExchangeParts {
  readonly turn: Turn;
  readonly operation: OperationName;
  readonly path: string;
  readonly query: string;
  readonly nowMs: () => number;
}

/** Milliseconds that the caller gives the answer, from its arrival on. */
const TIMEOUT_HEADER = 'x-turnpike-timeout-ms';

export function createExchange(parts: ExchangeParts): Exchange {
  const { turn, operation, path, query, nowMs } = parts;
  const header = (name: string): string | undefined => turn.head.header(name);
  return {
    operation,
    path,
    query,
    header,
    arrive() {
      const timeoutMs = readTimeoutMs(header(TIMEOUT_HEADER));
      const credential = readCredential(turn);
      return {
        transport: 'http',
        operation,
        credential,
        header,
        ...(timeoutMs === undefined ? undefined : { deadlineAtMs: nowMs() + timeoutMs }),
      };
    },
    read: (limitBytes) => readBody(turn, limitBytes),
    isGone: () => turn.isGone,
    leaving: turn.leaving,
  };
}

/** A declared length is looked at before anything is asked for. */
function readBody(turn: Turn, limitBytes: number): Promise<Uint8Array> {
  const { contentLength } = turn.head;
  if (contentLength <= limitBytes) return turn.read(limitBytes);
  return Promise.reject(tooLarge(`of ${contentLength} bytes`, limitBytes));
}

function readTimeoutMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new Failure('invalid_request', `header ${TIMEOUT_HEADER}: must be an integer from 1 to 999999999`);
  }
  return Number(text);
}

const BEARER = /^bearer +(\S+) *$/i;
const NO_CREDENTIAL: Credential = { kind: 'none' };

/** Where SDKs put a key that they do not send as `authorization`: Anthropic's, and Azure's. */
const KEY_HEADERS = ['x-api-key', 'api-key'] as const;

/**
 * A key that is sent counts before the certificate of the connection: a proxy may have one of its own. Another scheme
 * is a key that nobody knows.
 */
function readCredential({ head, socket }: Turn): Credential {
  const authorization = head.header('authorization');
  if (authorization !== undefined) return { kind: 'bearer', token: BEARER.exec(authorization)?.[1] ?? '' };
  for (const name of KEY_HEADERS) {
    const token = head.header(name);
    if (token !== undefined) return { kind: 'bearer', token };
  }
  if (!(socket instanceof TLSSocket) || !socket.authorized) return NO_CREDENTIAL;
  const subject = certificateSubject(socket.getPeerCertificate());
  return subject === undefined ? NO_CREDENTIAL : { kind: 'certificate', subject };
}
