/**
 * Owns the road that every vendor behind HTTP shares: write the request, authenticate, exchange, read the answer. May
 * import core, the executor's port and protocol. It never throws: what goes wrong on the way is a failed reply or ends
 * the stream, and quotes no credential.
 */

import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { CancelSignal } from '../core/cancellation.ts';
import { Failure } from '../core/failure.ts';
import type { ModelReply } from '../core/reply.ts';
import type { Provider, ProviderCall, ProviderReply } from '../executor/provider.ts';
import { Answering } from './answering.ts';
import type { HttpClient } from './http/http-exchange.ts';
import type { Question, Vendor } from './vendor.ts';

export interface HttpProviderOptions {
  /** Names and values in turn, sent with every request. */
  readonly headers: readonly string[];
  readonly maxReplyBytes: number;
}

export function createHttpProvider(vendor: Vendor, client: HttpClient, options: HttpProviderOptions): Provider {
  const common = ['content-type', 'application/json', 'accept-encoding', 'identity', ...options.headers];

  const exchange = (call: ProviderCall, question: Question, body: string, auth: readonly string[]) =>
    new Promise<ProviderReply>((resolve) => {
      const answering = new Answering({ question, credentials: vendor.credentials, ...options, resolve });
      const { origin, path } = question;
      const headers = [...common, ...(question.headers ?? []), ...auth];
      const { connectTimeoutMs, signal } = call;
      answering.begin(client, { origin, method: 'POST', path, headers, body, connectTimeoutMs, signal });
    });

  return {
    unsupported: (request, model) => vendor.unsupported(request, model),
    async send(call) {
      let question: Question | ModelReply;
      try {
        question = vendor.ask(call);
      } catch (reason) {
        return unwritten(reason);
      }
      if ('kind' in question) return { kind: 'whole', reply: question };
      let body: string;
      try {
        body = JSON.stringify(question.body);
      } catch (reason) {
        return tooDeep(reason);
      }
      let auth: readonly string[];
      try {
        const headers = vendor.credentials.headersFor(question, body);
        auth = headers instanceof Promise ? await unlessAborted(headers, call.signal) : headers;
      } catch (reason) {
        return withoutCredential(reason, call.signal);
      }
      return exchange(call, question, body, auth);
    },
  };
}

const failed = (failure: AttemptFailure): Extract<ProviderReply, { kind: 'failed' }> => ({
  kind: 'failed',
  failure: { ...failure, sent: false },
});

function unwritten(reason: unknown): ProviderReply {
  if (!(reason instanceof Failure)) throw reason;
  return { ...failed({ outcome: 'invalid_request', message: reason.message }), cause: reason };
}

/** Arguments of a call in the history are text to us, however deep, and a document to some vendors. */
function tooDeep(reason: unknown): ProviderReply {
  if (!(reason instanceof RangeError)) throw reason;
  return failed({ outcome: 'invalid_request', message: 'the request is nested too deeply to be written' });
}

function withoutCredential(reason: unknown, signal: CancelSignal): ProviderReply {
  if (signal.aborted) return failed({ outcome: 'cancelled', message: 'the request was cancelled' });
  if (!(reason instanceof Failure)) throw reason;
  return failed({ outcome: 'auth', message: reason.message });
}

const GIVEN_UP = new Error('given up');

/** @throws whatever, as soon as the signal is aborted */
function unlessAborted<Value>(promise: Promise<Value>, signal: CancelSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(GIVEN_UP);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
