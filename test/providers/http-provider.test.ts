import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { AttemptFailure } from '../../src/core/attempt-failure.ts';
import type { Protocol } from '../../src/core/generation.ts';
import type { Provider } from '../../src/executor/provider.ts';
import { createAnthropicVendor } from '../../src/providers/anthropic/anthropic.ts';
import { parseBaseUrl } from '../../src/providers/base-url.ts';
import { createKeyCredentials } from '../../src/providers/credentials.ts';
import { createHttpClient } from '../../src/providers/http/http-client.ts';
import { createHttpProvider } from '../../src/providers/http-provider.ts';
import { createSecretSource } from '../../src/providers/secrets.ts';
import { ANTHROPIC } from '../contract/provider-scripts.ts';
import { collect, failureOf, generation, providerCall, streamOf, wholeOf } from '../support/model-requests.ts';
import {
  answer,
  answerJson,
  chunk,
  head,
  LAST_CHUNK,
  type Script,
  STREAM_HEAD,
  startUpstream,
} from '../support/upstream.ts';

const CANARY = 'sk-canary-7Q4tZx91LmPwVbNc';
const DOCUMENT = ANTHROPIC.whole;
const STREAM = [ANTHROPIC.begin, ...ANTHROPIC.words, ANTHROPIC.end].join('');

interface Subject extends AsyncDisposable {
  readonly provider: Provider;
}

function subject(origin: string, reference = 'env:KEY', nowMs = () => 0): Subject {
  const client = createHttpClient({ maxConnections: 4 });
  const source = createSecretSource('the api_key', reference, { env: { KEY: CANARY }, nowMs });
  const vendor = createAnthropicVendor({
    baseUrl: parseBaseUrl('anthropic', `${origin}/v1/`),
    apiVersion: '2023-06-01',
    credentials: createKeyCredentials(source, { name: 'x-api-key', scheme: '' }),
  });
  return {
    provider: createHttpProvider(vendor, client, { headers: ['x-extra', 'yes'], maxReplyBytes: 100_000 }),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

interface Asking {
  readonly script: Script;
  readonly stream?: boolean;
  readonly protocol?: Protocol;
}

/** However it fails: as the reply, or at the end of its stream. */
async function failureWith({ script, stream = false, protocol = 'turnpike' }: Asking): Promise<AttemptFailure> {
  await using upstream = await startUpstream(script);
  await using made = subject(upstream.origin);
  const request = generation({ stream, protocol });
  const reply = await made.provider.send(providerCall({ request }));
  if (reply.kind !== 'stream') return failureOf(reply);
  const { failure, events } = await collect(reply.stream);
  assert.ok(failure !== undefined, 'it did not fail');
  assert.ok(!events.some(({ kind }) => kind === 'end'));
  assert.ok(!inspect(events, { depth: 9 }).includes(CANARY));
  return failure;
}

test('a request has its credential, its version, and what is configured', async () => {
  await using upstream = await startUpstream((socket) => socket.write(answerJson(200, DOCUMENT)));
  await using made = subject(upstream.origin);
  wholeOf(await made.provider.send(providerCall()), 'generation');
  const [request] = upstream.requests;
  assert.equal(request?.path, '/v1/messages');
  assert.equal(request?.headers['x-api-key'], CANARY);
  assert.equal(request?.headers['anthropic-version'], '2023-06-01');
  assert.equal(request?.headers['content-type'], 'application/json');
  assert.equal(request?.headers['x-extra'], 'yes');
  assert.equal(JSON.parse(request?.body ?? '').model, 'model-1');
});

for (const [protocol, sent] of [
  ['anthropic-messages', 'context-1m-2025-08-07,files-api-2025-04-14'],
  ['openai-chat', undefined],
] as const) {
  test(`betas of a caller that speaks ${protocol} ${sent === undefined ? 'stay here' : 'go to the vendor'}`, async () => {
    await using upstream = await startUpstream((socket) => socket.write(answerJson(200, DOCUMENT)));
    await using made = subject(upstream.origin);
    const body = { model: 'auto', messages: [], max_tokens: 5 };
    const betas = ['context-1m-2025-08-07', 'files-api-2025-04-14'];
    wholeOf(await made.provider.send(providerCall({ request: generation({ protocol, body, betas }) })), 'generation');
    assert.equal(upstream.requests[0]?.headers['anthropic-beta'], sent);
  });
}

test('where front door and vendor speak the same protocol, bytes and unknown fields pass as they are', async () => {
  const document = JSON.stringify({ ...(DOCUMENT as object), extra: { of: 'tomorrow' } });
  await using upstream = await startUpstream((socket, { body }) => {
    if (body.includes('"stream":true')) socket.write(`${STREAM_HEAD}${chunk(STREAM)}${LAST_CHUNK}`);
    else socket.write(answer(200, document, { 'content-type': 'application/json' }));
  });
  await using made = subject(upstream.origin);
  const body = { model: 'auto', messages: [], max_tokens: 5, tomorrow: [1] };
  const request = generation({ protocol: 'anthropic-messages', body });
  const whole = wholeOf(await made.provider.send(providerCall({ request })), 'generation');
  assert.equal(Buffer.from(whole.raw?.bytes ?? []).toString(), document);
  assert.equal(whole.raw?.protocol, 'anthropic-messages');
  assert.deepEqual(JSON.parse(upstream.requests[0]?.body ?? ''), { ...body, model: 'model-1' });

  const streamed = generation({ protocol: 'anthropic-messages', body: { ...body, stream: true }, stream: true });
  const { raw, failure } = await collect(streamOf(await made.provider.send(providerCall({ request: streamed }))));
  assert.deepEqual([raw, failure], [STREAM, undefined]);
});

const error = (type: string, message: string) => ({ type: 'error', error: { type, message } });
const typed =
  (type: string): Script =>
  (socket) =>
    void socket.write(answer(200, 'Hello', { 'content-type': type }));

const FAILURES: readonly (Asking & {
  readonly name: string;
  readonly outcome: AttemptFailure['outcome'];
  readonly says: RegExp;
})[] = [
  {
    name: 'a wrong credential',
    script: (socket, { headers }) =>
      void socket.write(answerJson(401, error('authentication_error', `no ${headers['x-api-key']}`))),
    outcome: 'auth',
    says: /^no \[secret\]$/,
  },
  {
    name: 'a server error that is a page',
    script: (socket, { headers }) =>
      void socket.write(answer(502, `<html>${headers['x-api-key']}`, { 'content-type': 'text/html' })),
    outcome: 'unavailable',
    says: /502/,
  },
  {
    name: 'an error document without end',
    script: (socket) => {
      socket.write(head(500, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }));
      for (let count = 0; count < 20; count++) socket.write(chunk('x'.repeat(8192)));
    },
    outcome: 'unavailable',
    says: /500/,
  },
  {
    name: 'a redirect',
    script: (socket) => void socket.write(answer(307, '', { location: '/else' })),
    outcome: 'unavailable',
    says: /307/,
  },
  {
    name: 'a page with status 200',
    script: typed('text/html'),
    outcome: 'unavailable',
    says: /answered 200 with text\/html where JSON/,
  },
  {
    name: 'a 200 without a content type',
    script: (socket) => void socket.write(answer(200, 'Hello')),
    outcome: 'unavailable',
    says: /answered 200 with no content type where JSON/,
  },
  {
    name: 'a 200 that is an error',
    script: (socket, { headers }) =>
      void socket.write(answerJson(200, error('overloaded_error', `busy ${headers['x-api-key']}`))),
    outcome: 'unavailable',
    says: /^busy \[secret\]$/,
  },
  {
    name: 'JSON that is broken',
    script: (socket) => void socket.write(answer(200, '{"a":', { 'content-type': 'application/json' })),
    outcome: 'unavailable',
    says: /broken JSON/,
  },
  {
    name: 'an empty document',
    script: (socket) => void socket.write(answer(200, '', { 'content-type': 'application/json' })),
    outcome: 'unavailable',
    says: /broken JSON/,
  },
  {
    name: 'JSON that is no reply',
    script: (socket, { headers }) =>
      void socket.write(answerJson(200, { type: headers['x-api-key'], role: headers['x-api-key'] })),
    outcome: 'unavailable',
    says: /something else than was asked for/,
  },
  {
    name: 'a document that is too large',
    script: (socket) => void socket.write(answerJson(200, { pad: 'x'.repeat(200_000) })),
    outcome: 'unavailable',
    says: /more than 100000 bytes/,
  },
  {
    name: 'a document of no known length that is too large',
    script: (socket) => {
      socket.write(head(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }));
      for (let count = 0; count < 100; count++) socket.write(chunk('x'.repeat(8192)));
    },
    outcome: 'unavailable',
    says: /more than 100000 bytes/,
  },
  {
    name: 'a document that is cut',
    script: (socket) =>
      void socket.end(`${head(200, { 'content-type': 'application/json', 'content-length': '100' })}{"a":`),
    outcome: 'connection',
    says: /cut its answer/,
  },
  {
    name: 'a page instead of a stream',
    stream: true,
    script: typed('text/html'),
    outcome: 'unavailable',
    says: /text\/html where text\/event-stream/,
  },
  {
    name: 'a document instead of a stream',
    stream: true,
    script: (socket) => void socket.write(answerJson(200, DOCUMENT)),
    outcome: 'unavailable',
    says: /one document where a stream was asked for/,
  },
  {
    name: 'an error document instead of a stream',
    stream: true,
    script: (socket) => void socket.write(answerJson(200, error('rate_limit_error', 'slow'))),
    outcome: 'rate_limited',
    says: /^slow$/,
  },
  ...(['turnpike', 'anthropic-messages'] as const).flatMap((protocol) => [
    {
      name: `a stream that ends without its end marker (${protocol})`,
      stream: true,
      protocol,
      script: ((socket) =>
        void socket.write(
          `${STREAM_HEAD}${chunk(STREAM.slice(0, STREAM.indexOf('event: message_stop')))}${LAST_CHUNK}`,
        )) as Script,
      outcome: 'connection' as const,
      says: /ended its answer half-way/,
    },
    {
      name: `a stream of nothing (${protocol})`,
      stream: true,
      protocol,
      script: ((socket) => void socket.write(`${STREAM_HEAD}${LAST_CHUNK}`)) as Script,
      outcome: 'connection' as const,
      says: /ended its answer half-way/,
    },
    {
      name: `an error within a stream (${protocol})`,
      stream: true,
      protocol,
      script: ((socket, { headers }) => {
        const event = `event: error\ndata: ${JSON.stringify(error('overloaded_error', `busy ${headers['x-api-key']}`))}\n\n`;
        socket.write(`${STREAM_HEAD}${chunk(`${ANTHROPIC.begin}${event}`)}`);
      }) as Script,
      outcome: 'unavailable' as const,
      says: /^busy \[secret\]$/,
    },
    {
      name: `an event that is no JSON (${protocol})`,
      stream: true,
      protocol,
      script: ((socket, { headers }) => {
        socket.write(
          `${STREAM_HEAD}${chunk(`${ANTHROPIC.begin}event: message_delta\ndata: {${headers['x-api-key']}\n\n`)}`,
        );
      }) as Script,
      outcome: 'unavailable' as const,
      says: /./,
    },
    {
      name: `an event without end (${protocol})`,
      stream: true,
      protocol,
      script: ((socket) => {
        socket.write(`${STREAM_HEAD}${chunk('data: ')}`);
        const piece = chunk('x'.repeat(1024 * 1024));
        for (let count = 0; count < 20; count++) socket.write(piece);
      }) as Script,
      outcome: 'unavailable' as const,
      says: /16777216/,
    },
  ]),
];

for (const { name, outcome, says, ...asking } of FAILURES) {
  test(`${name} is ${outcome}`, { timeout: 20_000 }, async () => {
    const failure = await failureWith(asking);
    assert.equal(failure.outcome, outcome);
    assert.match(failure.message, says);
    assert.ok(failure.message.length <= 300);
    assert.ok(!inspect(failure, { depth: 9 }).includes(CANARY));
  });
}

test('what a vendor says is one short line', async () => {
  const failure = await failureWith({
    script: (socket) =>
      void socket.write(answerJson(400, error('invalid_request_error', `a\nb\u0000${'x '.repeat(5000)}`))),
  });
  assert.ok(failure.message.startsWith('a b x'));
  assert.ok(failure.message.length <= 300);
});

test('an end marker ends the stream, whether or not the vendor closes its answer', async () => {
  await using upstream = await startUpstream((socket) => void socket.write(`${STREAM_HEAD}${chunk(STREAM)}`));
  await using made = subject(upstream.origin);
  const stream = streamOf(await made.provider.send(providerCall({ request: generation({ stream: true }) })));
  const closed = upstream.closed();
  const { failure, text } = await collect(stream);
  assert.deepEqual([failure, text], [undefined, 'Hello there']);
  await closed;
});

test('a stream that ended leaves its connection to the next request', async () => {
  await using upstream = await startUpstream(
    (socket) => void socket.write(`${STREAM_HEAD}${chunk(STREAM)}${LAST_CHUNK}`),
  );
  await using made = subject(upstream.origin);
  for (let count = 0; count < 3; count++) {
    const request = generation({ stream: true });
    assert.equal((await collect(streamOf(await made.provider.send(providerCall({ request }))))).failure, undefined);
  }
  assert.equal(upstream.connections, 1);
});

test('a stream that ended before anybody started it is told whole', async () => {
  await using upstream = await startUpstream(
    (socket) => void socket.write(`${STREAM_HEAD}${chunk(STREAM)}${LAST_CHUNK}`),
  );
  await using made = subject(upstream.origin);
  const stream = streamOf(await made.provider.send(providerCall({ request: generation({ stream: true }) })));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { text, failure } = await collect(stream);
  assert.deepEqual([text, failure], ['Hello there', undefined]);
});

test('a stream whose connection broke before anybody started it tells what came, and that it broke', async () => {
  const script: Script = (socket) =>
    void socket.write(`${STREAM_HEAD}${chunk(STREAM.slice(0, -20))}`, () => socket.resetAndDestroy());
  await using upstream = await startUpstream(script);
  await using made = subject(upstream.origin);
  const reply = await made.provider.send(providerCall({ request: generation({ stream: true }) }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { failure } = await collect(streamOf(reply));
  assert.equal(failure?.outcome, 'connection');
});

test('a request that the protocol cannot say is not sent', async () => {
  await using upstream = await startUpstream(() => undefined);
  await using made = subject(upstream.origin);
  const request = {
    kind: 'embedding',
    protocol: 'turnpike',
    inputs: ['x'],
    encoding: 'float',
    body: {},
    unkept: [],
  } as const;
  assert.deepEqual(made.provider.unsupported(request, 'm'), ['embeddings']);
  const reply = await made.provider.send(providerCall({ request }));
  const failure = failureOf(reply);
  assert.deepEqual([failure.outcome, failure.sent], ['invalid_request', false]);
  assert.equal(reply.kind === 'failed' && reply.cause?.code, 'unsupported');
  assert.equal(upstream.connections, 0);
});

const folder = mkdtempSync(join(tmpdir(), 'turnpike-provider-'));
after(() => rmSync(folder, { recursive: true }));

test('a credential that cannot be had is auth, and nothing is sent', async () => {
  await using upstream = await startUpstream(() => undefined);
  await using made = subject(upstream.origin, `file:${join(folder, 'missing')}`);
  const failure = failureOf(await made.provider.send(providerCall()));
  assert.deepEqual([failure.outcome, failure.sent], ['auth', false]);
  assert.match(failure.message, /^the api_key: .*missing cannot be read \(ENOENT\)$/);
  assert.equal(upstream.connections, 0);
});

test('a credential that is refused is read anew', async () => {
  const path = join(folder, 'key');
  writeFileSync(path, 'old-credential');
  await using upstream = await startUpstream((socket, { headers }) => {
    const isNew = headers['x-api-key'] === 'new-credential';
    socket.write(isNew ? answerJson(200, DOCUMENT) : answerJson(401, error('authentication_error', 'no')));
  });
  let nowMs = 0;
  await using made = subject(upstream.origin, `file:${path}`, () => nowMs);
  assert.equal(failureOf(await made.provider.send(providerCall())).outcome, 'auth');
  writeFileSync(path, 'new-credential');
  nowMs = 5_000;
  wholeOf(await made.provider.send(providerCall()), 'generation');
});

test('a request that is aborted while its credential is fetched ends at once', async () => {
  await using upstream = await startUpstream(() => undefined);
  writeFileSync(join(folder, 'slow.mjs'), 'setTimeout(() => undefined, 3000)');
  await using made = subject(upstream.origin, `command:${process.execPath} ${join(folder, 'slow.mjs')}`);
  const controller = new AbortController();
  const sent = made.provider.send(providerCall({ signal: controller.signal }));
  controller.abort();
  assert.deepEqual(failureOf(await sent), { outcome: 'cancelled', message: 'the request was cancelled', sent: false });
});

test('whatever bytes a vendor sends, and however they are split, there is one ending and no credential in it', {
  timeout: 60_000,
}, async () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(STREAM, ...ANTHROPIC.words.map(String), String(ANTHROPIC.begin), String(ANTHROPIC.end)),
      fc.constantFrom(
        'HTTP/1.1 200 OK\r\n',
        'content-type: text/event-stream\r\n',
        'content-length: 3\r\n',
        '\r\n',
        '0\r\n\r\n',
        STREAM_HEAD,
      ),
      fc.constantFrom(
        `data: ${CANARY}\n\n`,
        'event: error\ndata: {"type":"error"}\n\n',
        'data: [DONE]\n\n',
        'data: {"__proto__":1}\n\n',
      ),
      fc.string(),
    ),
    { maxLength: 8 },
  );
  let script: Script = () => undefined;
  await using upstream = await startUpstream((socket, request) => script(socket, request));
  await using made = subject(upstream.origin);
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), fc.boolean(), fc.boolean(), async (parts, stream, isSame, isHttp) => {
      script = (socket) => {
        const text = parts.join('');
        socket.end(
          isHttp
            ? `${STREAM_HEAD}${parts.map((part) => (part === '' ? '' : chunk(part))).join('')}${LAST_CHUNK}`
            : text,
        );
      };
      const request = generation({ stream, protocol: isSame ? 'anthropic-messages' : 'turnpike' });
      const reply = await made.provider.send(providerCall({ request }));
      const shown = reply.kind === 'stream' ? (await collect(reply.stream)).failure : reply;
      assert.ok(!inspect(shown, { depth: 9 }).includes(CANARY));
    }),
    { numRuns: 150 },
  );
});
