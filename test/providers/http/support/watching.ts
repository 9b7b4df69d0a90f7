/** A call that is watched: what it was told, and whether it was told more than one ending. */
import assert from 'node:assert/strict';
import type { AttemptFailure } from '../../../../src/core/attempt-failure.ts';
import { createHttpClient } from '../../../../src/providers/http/http-client.ts';
import type { HttpCall, HttpClient, HttpExchange, HttpHeaders } from '../../../../src/providers/http/http-exchange.ts';

interface Told {
  readonly exchange: HttpExchange;
  readonly status: number | undefined;
  readonly headers: HttpHeaders;
  readonly text: string;
  /** The same bytes, one a character. */
  readonly latin1: string;
  readonly failure: AttemptFailure | undefined;
}

export interface Watched {
  readonly exchange: HttpExchange;
  readonly ended: Promise<Told>;
  /** Resolves once so many bytes came. */
  bytes(count: number): Promise<void>;
  readonly received: () => number;
}

/** Sends, and collects what is told; a second ending is a rejection nobody catches, which fails the test. */
export function watch(client: HttpClient, call: Partial<HttpCall> & { readonly origin: string }): Watched {
  const { promise, resolve } = Promise.withResolvers<Told>();
  const wanted: { readonly count: number; readonly tell: () => void }[] = [];
  const chunks: Uint8Array[] = [];
  let status: number | undefined;
  let headers: HttpHeaders = {};
  let size = 0;
  let endings = 0;
  const end = (failure: AttemptFailure | undefined): void => {
    endings += 1;
    assert.equal(endings, 1, 'an exchange ends once');
    queueMicrotask(() => {
      const whole = Buffer.concat(chunks);
      resolve({ exchange, status, headers, text: whole.toString(), latin1: whole.toString('latin1'), failure });
    });
  };
  const exchange: HttpExchange = client.send(
    {
      method: 'POST',
      path: '/v1/x',
      headers: ['content-type', 'application/json'],
      body: '{"a":1}',
      connectTimeoutMs: 5_000,
      signal: new AbortController().signal,
      ...call,
    },
    {
      head(code, all) {
        assert.deepEqual([endings, status], [0, undefined], 'there is one head');
        status = code;
        headers = all;
      },
      data(bytes) {
        assert.equal(endings, 0);
        chunks.push(Uint8Array.from(bytes));
        size += bytes.length;
        for (const { count, tell } of wanted) if (size >= count) tell();
      },
      end: () => end(undefined),
      failed: end,
    },
  );
  return {
    exchange,
    ended: promise,
    received: () => size,
    bytes: (count) =>
      new Promise((tell) => {
        if (size >= count) tell();
        else wanted.push({ count, tell });
      }),
  };
}

export async function client(maxConnections = 4, caPem?: readonly string[]): Promise<HttpClient & AsyncDisposable> {
  const made = createHttpClient({ maxConnections, ...(caPem === undefined ? {} : { caPem }) });
  return { ...made, [Symbol.asyncDispose]: () => made.close() };
}
