import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import type { Provider } from '../../../src/executor/provider.ts';
import { parseBaseUrl } from '../../../src/providers/base-url.ts';
import { createAwsCredentials } from '../../../src/providers/bedrock/aws-credentials.ts';
import { type AwsIdentity, createAwsIdentitySource } from '../../../src/providers/bedrock/aws-identity.ts';
import { bedrockUrl, createBedrockVendor } from '../../../src/providers/bedrock/bedrock.ts';
import { createHttpClient } from '../../../src/providers/http/http-client.ts';
import { createHttpProvider } from '../../../src/providers/http-provider.ts';
import { eventFrame, exceptionFrame } from '../../protocol/bedrock/frames.ts';
import {
  collect,
  embedding,
  failureOf,
  generation,
  providerCall,
  streamOf,
  wholeOf,
} from '../../support/model-requests.ts';
import { answerJson, chunk, head, LAST_CHUNK, type Script, startUpstream, streamHead } from '../../support/upstream.ts';
import { awsClient } from './aws-client.ts';
import { authorizationOf } from './signature.ts';

const MODEL = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const IDENTITY: AwsIdentity = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEXAMPLETOKEN==',
};
const NOW_MS = Date.parse('2026-02-03T04:05:06.789Z');

interface Subject extends AsyncDisposable {
  readonly provider: Provider;
}

function subject(origin: string, identity = async (): Promise<AwsIdentity> => IDENTITY): Subject {
  const client = createHttpClient({ maxConnections: 4 });
  const nowMs = () => NOW_MS;
  const identities = createAwsIdentitySource({ loadChain: async () => identity, nowMs });
  const vendor = createBedrockVendor({
    baseUrl: parseBaseUrl('bedrock', origin),
    credentials: createAwsCredentials({ region: 'eu-central-1' }, { identities, nowMs }),
  });
  return {
    provider: createHttpProvider(vendor, client, { headers: ['x-extra', 'yes'], maxReplyBytes: 1_000_000 }),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

const REPLY = {
  output: { message: { role: 'assistant', content: [{ text: 'Grüße' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 9, outputTokens: 3, totalTokens: 12 },
  metrics: { latencyMs: 1 },
};
const REPLIES: Script = (socket) => void socket.write(answerJson(200, REPLY, { 'x-amzn-requestid': 'req-77' }));

test('a request is signed as AWS says, session and all, and goes where its model is', async () => {
  await using upstream = await startUpstream(REPLIES);
  await using made = subject(upstream.origin);
  const reply = wholeOf(
    await made.provider.send(providerCall({ model: MODEL, request: generation({ prompt: 'Größe?' }) })),
    'generation',
  );
  assert.equal(reply.id, 'req-77');
  assert.equal(reply.model, MODEL);
  const [request] = upstream.requests;
  assert.ok(request !== undefined);
  assert.equal(request.path, `/model/${encodeURIComponent(MODEL)}/converse`);
  assert.equal(request.headers['x-amz-date'], '20260203T040506Z');
  assert.equal(request.headers['x-amz-security-token'], IDENTITY.sessionToken);
  assert.match(
    request.headers['authorization'] ?? '',
    /Credential=AKIDEXAMPLE\/20260203\/eu-central-1\/bedrock\/aws4_request/,
  );
  assert.match(
    request.headers['authorization'] ?? '',
    /SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token/,
  );
  assert.equal(
    request.headers['authorization'],
    authorizationOf(request, IDENTITY.accessKeyId, IDENTITY.secretAccessKey),
  );
});

test("whoever checks signatures here accepts what AWS's own client signs", async () => {
  await using upstream = await startUpstream(REPLIES);
  const client = awsClient(upstream.origin, IDENTITY);
  await client.send(new ConverseCommand({ modelId: MODEL, messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }));
  client.destroy();
  const [request] = upstream.requests;
  assert.ok(request !== undefined);
  assert.equal(
    request.headers['authorization'],
    authorizationOf(request, IDENTITY.accessKeyId, IDENTITY.secretAccessKey),
  );
  assert.equal(request.path, `/model/${encodeURIComponent(MODEL)}/converse`);
});

const FRAMES: readonly Buffer[] = [
  eventFrame('messageStart', { role: 'assistant' }),
  eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Grü' } }),
  eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'ße 🚦' } }),
  eventFrame('contentBlockStop', { contentBlockIndex: 0 }),
  eventFrame('contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't1', name: 'f' } } }),
  eventFrame('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{"a":1}' } } }),
  eventFrame('contentBlockStop', { contentBlockIndex: 1 }),
  eventFrame('messageStop', { stopReason: 'tool_use' }),
  eventFrame('metadata', { usage: { inputTokens: 9, outputTokens: 3, totalTokens: 12 }, metrics: { latencyMs: 1 } }),
];

const STREAM_HEAD = streamHead('application/vnd.amazon.eventstream');

/** Every byte of the body in a piece of its own. */
const drips: Script = (socket) => {
  socket.write(STREAM_HEAD);
  for (const byte of Buffer.concat(FRAMES)) socket.write(chunk(Uint8Array.of(byte)));
  socket.write(LAST_CHUNK);
};

test("a stream that comes byte by byte is read as AWS's own client reads it", async () => {
  await using upstream = await startUpstream(drips);
  await using made = subject(upstream.origin);
  const { events, text, failure } = await collect(
    streamOf(await made.provider.send(providerCall({ model: MODEL, request: generation({ stream: true }) }))),
  );
  assert.equal(failure, undefined);
  assert.equal(events.at(-1)?.kind, 'end');

  const client = awsClient(upstream.origin, IDENTITY);
  const { stream } = await client.send(
    new ConverseStreamCommand({ modelId: MODEL, messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }),
  );
  let oracle = '';
  let input = '';
  for await (const event of stream ?? []) {
    oracle += event.contentBlockDelta?.delta?.text ?? '';
    input += event.contentBlockDelta?.delta?.toolUse?.input ?? '';
  }
  client.destroy();
  assert.equal(text, oracle);
  assert.equal(text, 'Grüße 🚦');
  assert.equal(events.map((event) => (event.kind === 'tool_arguments' ? event.text : '')).join(''), input);
});

const bodyOf =
  (...pieces: readonly Uint8Array[]): Script =>
  (socket) => {
    socket.write(STREAM_HEAD);
    for (const piece of pieces) socket.write(chunk(piece));
    socket.write(LAST_CHUNK);
  };

function garbled(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(copy.length - 8) ^ 1, copy.length - 8);
  return copy;
}

const [START = Buffer.alloc(0), HEL = Buffer.alloc(0)] = FRAMES;

const BROKEN: readonly {
  readonly name: string;
  readonly script: Script;
  readonly outcome: string;
  readonly says: RegExp;
}[] = [
  {
    name: 'a garbled frame',
    script: bodyOf(START, HEL, garbled(HEL), ...FRAMES.slice(2)),
    outcome: 'connection',
    says: /wrong checksum/,
  },
  {
    name: 'a frame that is cut',
    script: bodyOf(START, HEL.subarray(0, 20)),
    outcome: 'connection',
    says: /cut inside of a frame/,
  },
  { name: 'an end without a stop', script: bodyOf(START, HEL), outcome: 'connection', says: /half-way/ },
  {
    name: 'a second start',
    script: bodyOf(START, HEL, START, ...FRAMES.slice(2)),
    outcome: 'unavailable',
    says: /messageStart came twice/,
  },
  {
    name: 'an exception',
    script: bodyOf(START, HEL, exceptionFrame('throttlingException', { message: 'slow down' })),
    outcome: 'rate_limited',
    says: /slow down/,
  },
];

for (const { name, script, outcome, says } of BROKEN) {
  test(`a stream with ${name} fails, and never ends well`, async () => {
    await using upstream = await startUpstream(script);
    await using made = subject(upstream.origin);
    const { events, failure } = await collect(
      streamOf(await made.provider.send(providerCall({ model: MODEL, request: generation({ stream: true }) }))),
    );
    assert.equal(failure?.outcome, outcome);
    assert.match(failure?.message ?? '', says);
    assert.ok(!events.some(({ kind }) => kind === 'end'));
  });
}

test('a stream is taken for one by its type alone', async () => {
  await using upstream = await startUpstream((socket) => socket.write(answerJson(200, REPLY)));
  await using made = subject(upstream.origin);
  const failure = failureOf(
    await made.provider.send(providerCall({ model: MODEL, request: generation({ stream: true }) })),
  );
  assert.equal(failure.outcome, 'unavailable');
});

test('a refused identity is looked up anew, and what AWS quotes of it is not shown', async () => {
  const looks: unknown[] = [];
  const quoted = `The Canonical String was x-amz-security-token:${IDENTITY.sessionToken} ${IDENTITY.secretAccessKey}`;
  await using upstream = await startUpstream((socket) =>
    socket.write(answerJson(403, { message: quoted }, { 'x-amzn-errortype': 'ExpiredTokenException:http://x/' })),
  );
  const chain = async (options?: unknown): Promise<AwsIdentity> => {
    looks.push(options);
    return IDENTITY;
  };
  await using made = subject(upstream.origin, chain);
  for (let call = 0; call < 2; call += 1) {
    const failure = failureOf(await made.provider.send(providerCall({ model: MODEL })));
    assert.equal(failure.outcome, 'auth');
    assert.equal(failure.vendorCode, 'ExpiredTokenException');
    assert.ok(!failure.message.includes('EXAMPLE'), failure.message);
  }
  assert.equal(looks.filter((options) => options !== undefined).length, 1);
});

test('without an identity nothing is sent, and what its look-up said is not shown', async () => {
  await using upstream = await startUpstream(REPLIES);
  await using made = subject(upstream.origin, async () => {
    throw new Error('the helper printed aws_secret=canary');
  });
  const failure = failureOf(await made.provider.send(providerCall({ model: MODEL })));
  assert.deepEqual([failure.outcome, failure.sent], ['auth', false]);
  assert.ok(!failure.message.includes('canary'));
  assert.equal(upstream.requests.length, 0);
});

test('callers that come together share one look for an identity, and one load of the library', async () => {
  const wait = Promise.withResolvers<AwsIdentity>();
  let loads = 0;
  const source = createAwsIdentitySource({
    loadChain: async () => {
      loads += 1;
      return () => wait.promise;
    },
    nowMs: () => 0,
  });
  const both = Promise.all([source.current(), source.current()]);
  wait.resolve(IDENTITY);
  assert.deepEqual(await both, [IDENTITY, IDENTITY]);
  assert.equal(loads, 1);
});

test('what cannot be asked is refused by name, before anything is sent', async () => {
  await using upstream = await startUpstream(REPLIES);
  await using made = subject(upstream.origin);
  const request = generation({ sampling: { seed: 1 } });
  assert.deepEqual(made.provider.unsupported(request, MODEL), ['seed']);
  const failure = failureOf(await made.provider.send(providerCall({ model: MODEL, request })));
  assert.deepEqual([failure.outcome, failure.sent], ['invalid_request', false]);
  assert.match(failure.message, /seed/);
  assert.equal(upstream.requests.length, 0);
});

test('embeddings and counts of tokens have their own operations', async () => {
  await using upstream = await startUpstream((socket, { path }) =>
    socket.write(
      path.endsWith('/invoke')
        ? answerJson(200, { embeddings: { float: [[1], [2]] } }, { 'x-amzn-bedrock-input-token-count': '7' })
        : answerJson(200, { inputTokens: 31 }),
    ),
  );
  await using made = subject(upstream.origin);
  const vectors = await made.provider.send(
    providerCall({ model: 'cohere.embed-v4:0', request: embedding({ inputs: ['a', 'b'] }) }),
  );
  assert.deepEqual(wholeOf(vectors, 'embedding'), {
    kind: 'embedding',
    model: 'cohere.embed-v4:0',
    vectors: [[1], [2]],
    usage: { kind: 'exact', tokens: { input: 7, output: 0 } },
  });
  const counted = await made.provider.send(
    providerCall({ model: MODEL, request: { kind: 'token_count', generation: generation() } }),
  );
  assert.equal(wholeOf(counted, 'token_count').inputTokens, 31);
  assert.deepEqual(
    upstream.requests.map(({ path }) => path),
    ['/model/cohere.embed-v4%3A0/invoke', `/model/${encodeURIComponent(MODEL)}/count-tokens`],
  );
  assert.deepEqual(JSON.parse(upstream.requests[1]?.body ?? ''), {
    input: { converse: { messages: [{ role: 'user', content: [{ text: 'Say hello' }] }] } },
  });
});

test('an answer of a vendor that says its model wrote nonsense is degraded', async () => {
  await using upstream = await startUpstream((socket) =>
    socket.write(answerJson(200, { ...REPLY, stopReason: 'malformed_model_output' })),
  );
  await using made = subject(upstream.origin);
  const failure = failureOf(await made.provider.send(providerCall({ model: MODEL })));
  assert.deepEqual([failure.outcome, failure.status], ['degraded', 200]);
});

test('every region has its address', () => {
  assert.equal(bedrockUrl('eu-central-1'), 'https://bedrock-runtime.eu-central-1.amazonaws.com');
  assert.equal(bedrockUrl('cn-north-1'), 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn');
});

test('a head that is no head of AWS is an error by its status', async () => {
  await using upstream = await startUpstream((socket) => socket.end(head(503, { 'content-length': '0' })));
  await using made = subject(upstream.origin);
  assert.equal(failureOf(await made.provider.send(providerCall({ model: MODEL }))).outcome, 'unavailable');
});
