import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GoogleGenAI } from '@google/genai';
import type { GenerationRequest } from '../../../src/core/generation.ts';
import type { Provider } from '../../../src/executor/provider.ts';
import { parseBaseUrl } from '../../../src/providers/base-url.ts';
import { createKeyCredentials } from '../../../src/providers/credentials.ts';
import { createGeminiVendor, GEMINI_KEY } from '../../../src/providers/gemini/gemini.ts';
import { createHttpClient } from '../../../src/providers/http/http-client.ts';
import { createHttpProvider } from '../../../src/providers/http-provider.ts';
import { createSecretSource } from '../../../src/providers/secrets.ts';
import {
  collect,
  embedding,
  failureOf,
  generation,
  providerCall,
  streamOf,
  wholeOf,
} from '../../support/model-requests.ts';
import { answerJson, chunk, LAST_CHUNK, type Script, STREAM_HEAD, startUpstream } from '../../support/upstream.ts';

const CANARY = 'AIzaCanary7Q4tZx91LmPwVbNc';
const MODEL = 'gemini-2.5-flash';

interface Subject extends AsyncDisposable {
  readonly provider: Provider;
}

function subject(origin: string): Subject {
  const client = createHttpClient({ maxConnections: 4 });
  const source = createSecretSource('the api_key', 'env:KEY', { env: { KEY: CANARY }, nowMs: () => 0 });
  const vendor = createGeminiVendor({
    baseUrl: parseBaseUrl('gemini', `${origin}/v1beta`),
    credentials: createKeyCredentials(source, GEMINI_KEY),
  });
  return {
    provider: createHttpProvider(vendor, client, { headers: [], maxReplyBytes: 1_000_000 }),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

const REPLY = {
  candidates: [
    {
      content: {
        role: 'model',
        parts: [
          { text: 'Hm.', thought: true },
          { text: 'Sunny.' },
          { functionCall: { id: 'x', name: 'weather', args: { city: 'Rome' } } },
        ],
      },
      finishReason: 'STOP',
      index: 0,
    },
  ],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 12, thoughtsTokenCount: 5, totalTokenCount: 27 },
  modelVersion: 'gemini-2.5-flash',
  responseId: 'r1',
};

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } } as const;

const ASKED: Partial<GenerationRequest> = {
  messages: [
    { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
    {
      role: 'user',
      content: [
        { kind: 'text', text: 'Weather?' },
        { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0K' } },
      ],
    },
    { role: 'assistant', content: [{ kind: 'tool_call', id: 'x', name: 'weather', arguments: '{"city":"Rome"}' }] },
    { role: 'tool', results: [{ callId: 'x', content: [{ kind: 'text', text: '20' }] }] },
  ],
  tools: [{ name: 'weather', description: 'Of a city', parameters: SCHEMA }],
  toolChoice: { kind: 'tool', name: 'weather' },
  output: { kind: 'json_schema', name: 'city', schema: SCHEMA },
  sampling: {
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    seed: 7,
    stop: ['END'],
    frequencyPenalty: 0.1,
    presencePenalty: 0.2,
  },
  reasoning: { effort: 'low', show: true },
};

test("what is sent, and what is read of the answer, is what Google's own client sends and reads", async () => {
  await using upstream = await startUpstream((socket) => socket.write(answerJson(200, REPLY)));
  await using made = subject(upstream.origin);
  const reply = wholeOf(
    await made.provider.send(providerCall({ model: MODEL, maxOutputTokens: 2000, request: generation(ASKED) })),
    'generation',
  );

  const google = new GoogleGenAI({ apiKey: CANARY, httpOptions: { baseUrl: upstream.origin, apiVersion: 'v1beta' } });
  const oracle = await google.models.generateContent({
    model: MODEL,
    contents: [
      { role: 'user', parts: [{ text: 'Weather?' }, { inlineData: { mimeType: 'image/png', data: 'iVBORw0K' } }] },
      { role: 'model', parts: [{ functionCall: { id: 'x', name: 'weather', args: { city: 'Rome' } } }] },
      { role: 'user', parts: [{ functionResponse: { id: 'x', name: 'weather', response: { output: '20' } } }] },
    ],
    config: {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      tools: [{ functionDeclarations: [{ name: 'weather', description: 'Of a city', parametersJsonSchema: SCHEMA }] }],
      // The client's enumerations are these words.
      toolConfig: { functionCallingConfig: { mode: 'ANY' as never, allowedFunctionNames: ['weather'] } },
      responseMimeType: 'application/json',
      responseJsonSchema: SCHEMA,
      maxOutputTokens: 2000,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 7,
      stopSequences: ['END'],
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      thinkingConfig: { thinkingBudget: 1024, includeThoughts: true },
    },
  });

  const [ours, theirs] = upstream.requests;
  assert.equal(ours?.path, theirs?.path);
  assert.equal(ours?.headers['x-goog-api-key'], theirs?.headers['x-goog-api-key']);
  const their = JSON.parse(theirs?.body ?? '');
  assert.deepEqual(JSON.parse(ours?.body ?? ''), their);

  assert.deepEqual(reply.content, [
    { kind: 'reasoning', text: 'Hm.' },
    { kind: 'text', text: oracle.text },
    {
      kind: 'tool_call',
      id: oracle.functionCalls?.[0]?.id,
      name: 'weather',
      arguments: JSON.stringify(oracle.functionCalls?.[0]?.args),
    },
  ]);
  assert.deepEqual(reply.usage, { kind: 'exact', tokens: { input: 10, output: 17, reasoning: 5 } });
  assert.equal(reply.finish, 'tool_calls');
});

const data = (document: unknown): string => `data: ${JSON.stringify(document)}\r\n\r\n`;
const piece = (text: string, more: object = {}) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...more }],
  usageMetadata: { promptTokenCount: 10 },
  modelVersion: MODEL,
  responseId: 'r1',
});
const STREAM =
  data(piece('Grü')) + data(piece('ße ', { finishReason: 'STOP' })) + data(piece('🚦', { finishReason: 'STOP' }));

const drips: Script = (socket) => {
  socket.write(STREAM_HEAD);
  for (const byte of Buffer.from(STREAM)) socket.write(chunk(Uint8Array.of(byte)));
  socket.write(LAST_CHUNK);
};

test("a stream that comes byte by byte is read as Google's own client reads it", async () => {
  await using upstream = await startUpstream(drips);
  await using made = subject(upstream.origin);
  const { text, events, failure } = await collect(
    streamOf(await made.provider.send(providerCall({ model: MODEL, request: generation({ stream: true }) }))),
  );
  assert.equal(failure, undefined);
  assert.deepEqual(events.slice(-2), [{ kind: 'finish', reason: 'stop' }, { kind: 'end' }]);

  const google = new GoogleGenAI({ apiKey: CANARY, httpOptions: { baseUrl: upstream.origin, apiVersion: 'v1beta' } });
  let oracle = '';
  for await (const each of await google.models.generateContentStream({ model: MODEL, contents: 'Hi' }))
    oracle += each.text ?? '';
  assert.equal(text, oracle);
  assert.equal(text, 'Grüße 🚦');
  assert.equal(upstream.requests[0]?.path, upstream.requests[1]?.path);
});

const CUTS: readonly { readonly name: string; readonly script: Script }[] = [
  {
    name: 'a connection that is cut behind a reason',
    script: (socket) => {
      socket.write(STREAM_HEAD);
      socket.end(chunk(data(piece('a', { finishReason: 'STOP' }))));
    },
  },
  {
    name: 'a body that ends well without a reason',
    script: (socket) => {
      socket.write(STREAM_HEAD);
      socket.write(chunk(data(piece('a'))));
      socket.write(LAST_CHUNK);
    },
  },
];

for (const { name, script } of CUTS) {
  test(`a stream with ${name} was cut, and has no end`, async () => {
    await using upstream = await startUpstream(script);
    await using made = subject(upstream.origin);
    const { events, failure } = await collect(
      streamOf(await made.provider.send(providerCall({ model: MODEL, request: generation({ stream: true }) }))),
    );
    assert.equal(failure?.outcome, 'connection');
    assert.ok(!events.some(({ kind }) => kind === 'end' || kind === 'finish'));
  });
}

test('a blocked prompt is filtered content, whole and streamed', async () => {
  const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } };
  await using upstream = await startUpstream((socket, { path }) => {
    if (path.includes('stream')) {
      socket.write(STREAM_HEAD);
      socket.write(chunk(data(blocked)));
      socket.write(LAST_CHUNK);
    } else socket.write(answerJson(200, blocked));
  });
  await using made = subject(upstream.origin);
  const whole = failureOf(await made.provider.send(providerCall({ model: MODEL })));
  const { failure } = await collect(
    streamOf(await made.provider.send(providerCall({ model: MODEL, request: generation({ stream: true }) }))),
  );
  assert.deepEqual([whole.outcome, failure?.outcome], ['content_filter', 'content_filter']);
  assert.deepEqual([whole.status, whole.vendorCode], [200, 'SAFETY']);
});

test('a key that Google quotes is not shown', async () => {
  await using upstream = await startUpstream((socket) =>
    socket.write(
      answerJson(400, {
        error: {
          code: 400,
          status: 'INVALID_ARGUMENT',
          message: `API key ${CANARY} not valid`,
          details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
        },
      }),
    ),
  );
  await using made = subject(upstream.origin);
  const failure = failureOf(await made.provider.send(providerCall({ model: MODEL })));
  assert.equal(failure.outcome, 'auth');
  assert.ok(!failure.message.includes('Canary'), failure.message);
});

test('embeddings and counts of tokens have their own operations', async () => {
  await using upstream = await startUpstream((socket, { path }) =>
    socket.write(
      answerJson(
        200,
        path.endsWith(':batchEmbedContents')
          ? { embeddings: [{ values: [0.5] }, { values: [1] }] }
          : { totalTokens: 31 },
      ),
    ),
  );
  await using made = subject(upstream.origin);
  const vectors = wholeOf(
    await made.provider.send(
      providerCall({ model: 'gemini-embedding-001', request: embedding({ inputs: ['a', 'b'] }) }),
    ),
    'embedding',
  );
  assert.deepEqual(vectors.vectors, [[0.5], [1]]);
  const counted = wholeOf(
    await made.provider.send(
      providerCall({ model: MODEL, request: { kind: 'token_count', generation: generation() } }),
    ),
    'token_count',
  );
  assert.equal(counted.inputTokens, 31);
  assert.deepEqual(
    upstream.requests.map(({ path }) => path),
    ['/v1beta/models/gemini-embedding-001:batchEmbedContents', `/v1beta/models/${MODEL}:countTokens`],
  );
});

test('what cannot be asked is refused by name, before anything is sent', async () => {
  await using upstream = await startUpstream((socket) => socket.write(answerJson(200, REPLY)));
  await using made = subject(upstream.origin);
  const request = generation({ unkept: ['logit_bias'] });
  const counting = { kind: 'token_count', generation: request } as const;
  const vectors = embedding({ inputs: [[1]] });
  for (const asked of [request, counting, vectors] as const) {
    const [name] = made.provider.unsupported(asked, MODEL);
    const failure = failureOf(await made.provider.send(providerCall({ model: MODEL, request: asked })));
    assert.deepEqual([failure.outcome, failure.sent], ['invalid_request', false]);
    assert.ok(name !== undefined && failure.message.includes(name), failure.message);
  }
  assert.equal(upstream.requests.length, 0);
});

test('arguments of a call that are nested without end are an invalid request, and not a fault of ours', async () => {
  await using upstream = await startUpstream((socket) => socket.write(answerJson(200, REPLY)));
  await using made = subject(upstream.origin);
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const request = generation({
    messages: [
      { role: 'user', content: [{ kind: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ kind: 'tool_call', id: 'c1', name: 'f', arguments: deep }] },
    ],
  });
  const failure = failureOf(await made.provider.send(providerCall({ model: MODEL, request })));
  assert.deepEqual([failure.outcome, failure.sent], ['invalid_request', false]);
  assert.equal(upstream.requests.length, 0);
});
