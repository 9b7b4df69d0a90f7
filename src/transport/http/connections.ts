/**
 * The open connections: what each is busy with, so that a drain cuts the idle ones at once and a fault of the HTTP
 * grammar is told only where the reply cannot be taken for another request's.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Failure } from '../../core/failure.ts';
import { problemOf } from './problem.ts';

interface Connection {
  readonly socket: Socket;
  /** Requests whose replies are not finished. */
  active: number;
  /** Bytes read when it was last idle; more than that now means that a request is arriving. */
  idleAtBytes: number;
  latest: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
  /** Written when the last reply is finished. */
  farewell: string | undefined;
}

export interface Connections {
  opened(socket: Socket): void;
  /** A socket under TLS: it has no requests of its own, and goes when the connection above it goes. */
  shaking(socket: Socket): void;
  began(request: IncomingMessage, response: ServerResponse, ended: () => void): void;
  /** What the HTTP parser or its timeouts refused. */
  refused(error: NodeJS.ErrnoException, socket: Duplex): void;
  /** Asked for a tunnel to elsewhere; Node hands such a connection over for good. */
  tunnelled(socket: Duplex): void;
  /** Cuts those that wait for nothing, and from now on each that comes to it. */
  cutIdle(): void;
  cutAll(): void;
}

export function createConnections(): Connections {
  const open = new Map<Duplex, Connection>();
  const shaking = new Set<Socket>();
  let draining = false;

  return {
    opened(socket) {
      open.set(socket, { socket, active: 0, idleAtBytes: 0, latest: undefined, farewell: undefined });
      socket.once('close', () => open.delete(socket));
    },
    shaking(socket) {
      shaking.add(socket);
      socket.once('close', () => shaking.delete(socket));
    },
    began(request, response, ended) {
      const { socket } = request;
      const connection = open.get(socket);
      if (connection !== undefined) {
        connection.active += 1;
        connection.latest = { request, response };
      }
      response.once('close', () => {
        ended();
        if (connection === undefined) return;
        connection.active -= 1;
        if (connection.active > 0) return;
        connection.idleAtBytes = socket.bytesRead;
        connection.latest = undefined;
        if (connection.farewell !== undefined) socket.end(connection.farewell);
        // A reply that began before the drain promised to keep the connection.
        else if (draining) socket.destroySoon();
      });
    },
    refused(error, socket) {
      const connection = open.get(socket);
      const text = refusalText(error);
      if (!socket.writable || connection === undefined || text === undefined) {
        socket.destroy();
        return;
      }
      const { active, latest } = connection;
      if (active === 0) sayGoodbye(socket, text);
      else if (latest?.request.complete === true) connection.farewell = text;
      // The fault is in the body of the one request that runs, and nothing was said to it yet.
      else if (active === 1 && latest?.response.headersSent === false) sayGoodbye(socket, text);
      else socket.destroy();
    },
    tunnelled(socket) {
      sayGoodbye(socket, rawProblem(new Failure('method_not_allowed', 'method CONNECT: this is no proxy'), 405));
    },
    cutIdle() {
      draining = true;
      for (const { socket, active, idleAtBytes } of open.values()) {
        if (active === 0 && socket.bytesRead === idleAtBytes) socket.destroySoon();
      }
    },
    cutAll() {
      for (const { socket } of open.values()) socket.destroy();
      for (const socket of shaking) socket.destroy();
    },
  };
}

function sayGoodbye(socket: Duplex, text: string): void {
  socket.end(text, () => socket.destroy());
}

/** Faults below any route, by Node's codes. The parser's own text may quote bytes of the client, so it stays here. */
function refusalText(error: NodeJS.ErrnoException): string | undefined {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return rawProblem(new Failure('too_large', 'headers: more or longer than their bound'), 431);
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return rawProblem(new Failure('too_large', 'chunk extensions: longer than their bound'), 413);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return rawProblem(new Failure('deadline_exceeded', 'the request did not arrive in time'), 408);
    default:
      return rawProblem(new Failure('invalid_request', 'the bytes are not an HTTP/1.1 request'), 400);
  }
}

type RawStatus = 400 | 405 | 408 | 413 | 431;

const PHRASES: Readonly<Record<RawStatus, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

function rawProblem(failure: Failure, status: RawStatus): string {
  const body = JSON.stringify(problemOf(failure, status));
  const head = [
    `HTTP/1.1 ${status} ${PHRASES[status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...(status === 405 ? ['allow: GET, HEAD, POST'] : []),
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
