/** Asks a running server over gRPC or HTTP, as its address says. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FAILURE_CODES, Failure, type FailureCode, type Fault } from '../core/failure.ts';
import { type PresentedDecision, presentDecision } from '../core/present.ts';
import type { DecideRequest } from '../flows/decide-request.ts';
import { createDecisionClient } from '../transport/grpc/client.ts';
import type { Question } from './decide-question.ts';
import type { Io } from './io.ts';

export const DEFAULT_SERVER = '127.0.0.1:9191';
export const DEFAULT_HTTP_SERVER = 'http://127.0.0.1:8181';

const HTTP = /^https?:\/\//;

export interface AskOptions {
  /** `host:port` or `grpc://`, `grpcs://`, `http://`, `https://` and an address. */
  readonly server: string;
  readonly key?: string;
  /** PEM file of who signed the server's certificate (gRPC; over HTTP, NODE_EXTRA_CA_CERTS). */
  readonly tlsCa?: string;
  readonly timeoutMs: number;
}

/** @throws the server's Failure, or `unavailable` when it cannot be reached */
export async function askServer(question: Question, options: AskOptions, io: Io): Promise<PresentedDecision> {
  return HTTP.test(options.server) ? askHttp(question, options) : askGrpc(question, options, io);
}

async function askGrpc(question: Question, options: AskOptions, io: Io): Promise<PresentedDecision> {
  const secure = options.server.startsWith('grpcs://') || options.tlsCa !== undefined;
  const serverCaPem = options.tlsCa === undefined ? undefined : await readFile(resolve(io.cwd, options.tlsCa), 'utf8');
  const client = createDecisionClient({
    address: options.server.replace(/^grpcs?:\/\//, ''),
    security: secure ? { kind: 'tls', ...(serverCaPem === undefined ? {} : { serverCaPem }) } : { kind: 'insecure' },
    ...(options.key === undefined ? {} : { key: options.key }),
  });
  try {
    // The server checks it; the client refuses what its messages cannot say.
    const request = question as unknown as DecideRequest;
    return presentDecision(await client.decide(request, { timeoutMs: options.timeoutMs }));
  } catch (reason) {
    throw unreachable(reason, options.server);
  } finally {
    client.close();
  }
}

async function askHttp(question: Question, options: AskOptions): Promise<PresentedDecision> {
  const answer = await httpRequest(options, '/v1/decide', JSON.stringify(question));
  if (answer.status !== 200) throw failureOfProblem(answer.document, answer.status);
  return answer.document as PresentedDecision; // what our own server says; only shown, never acted on
}

export interface HttpAnswer {
  readonly status: number;
  readonly document: unknown;
}

/** @param body POSTed when given; a GET otherwise. @throws Failure `unavailable` when nobody answers */
export async function httpRequest(
  options: Pick<AskOptions, 'server' | 'key' | 'timeoutMs'>,
  path: string,
  body?: string,
): Promise<HttpAnswer> {
  try {
    const base = HTTP.test(options.server) ? options.server : `http://${options.server}`;
    const response = await fetch(new URL(path, base), {
      method: body === undefined ? 'GET' : 'POST',
      signal: AbortSignal.timeout(options.timeoutMs),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, document: parseAnswer(text, options.server) };
  } catch (reason) {
    throw unreachable(reason, options.server);
  }
}

function parseAnswer(text: string, server: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('unavailable', `${server} does not answer as Turnpike does`, { cause });
  }
}

const NO_CONNECTION = /No connection established|ECONNREFUSED|Name resolution failed|Connection dropped/;

function unreachable(reason: unknown, server: string): unknown {
  // A server that is there may say `unavailable` itself; only the words of the channel tell that nobody is.
  if (reason instanceof Failure && !NO_CONNECTION.test(reason.message)) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return new Failure('deadline_exceeded', `${server} did not answer in time`, { cause: reason });
  }
  return new Failure('unavailable', `nobody answers at ${server}: is "turnpike serve" running?`, { cause: reason });
}

/** A problem document of the server as the failure that it tells. */
export function failureOfProblem(document: unknown, status: number): Failure {
  const problem: Readonly<Record<string, unknown>> =
    typeof document === 'object' && document !== null ? { ...document } : {};
  const detail = problem['detail'] ?? problem['title'];
  const message = typeof detail === 'string' ? detail : `the server answered with status ${status}`;
  const code = FAILURE_CODES.find((one) => one === problem['code']) ?? codeOfStatus(status);
  return new Failure(code, message, { faults: faultsOf(problem['faults']) });
}

const codeOfStatus = (status: number): FailureCode => (status < 500 ? 'invalid_request' : 'unavailable');

function faultsOf(value: unknown): readonly Fault[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: { at?: unknown; message?: unknown } | null) => ({
    at: String(one?.at ?? ''),
    message: String(one?.message ?? ''),
  }));
}
