import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { jwtVerify } from 'jose';
import { Failure } from '../../../src/core/failure.ts';
import { parseBaseUrl } from '../../../src/providers/base-url.ts';
import { createHttpClient } from '../../../src/providers/http/http-client.ts';
import type { HttpClient } from '../../../src/providers/http/http-exchange.ts';
import { createHttpProvider } from '../../../src/providers/http-provider.ts';
import type { Credentials, Question } from '../../../src/providers/vendor.ts';
import { type AccessToken, createTokenCredentials } from '../../../src/providers/vertex/access-token.ts';
import { tokenByFile, tokenByMetadata } from '../../../src/providers/vertex/google-token.ts';
import { createVertexVendor, vertexUrl } from '../../../src/providers/vertex/vertex.ts';
import { embedding, failureOf, generation, providerCall, wholeOf } from '../../support/model-requests.ts';
import { answer, answerJson, type Script, startUpstream } from '../../support/upstream.ts';

const CANARY = 'ya29.canary-7Q4tZx91LmPwVbNc';
const NOW_MS = Date.parse('2026-02-03T04:05:06Z');
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const folder = mkdtempSync(join(tmpdir(), 'turnpike-vertex-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(document: unknown): string {
  files += 1;
  const path = join(folder, `${files}.json`);
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
}

const account = (token_uri: string) => ({
  type: 'service_account',
  client_email: 'gateway@project.iam.gserviceaccount.com',
  private_key_id: 'key-1',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  token_uri,
});

async function withClient<Value>(use: (client: HttpClient) => Promise<Value>): Promise<Value> {
  const client = createHttpClient({ maxConnections: 2 });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const nowMs = () => NOW_MS;
const grants: Script = (socket) =>
  void socket.write(answerJson(200, { access_token: CANARY, expires_in: 3599, token_type: 'Bearer' }));

test('a service account signs an assertion, and gets a token for it', async () => {
  await using upstream = await startUpstream(grants);
  const path = file(account(`${upstream.origin}/token`));
  const token = await withClient((client) => tokenByFile(path, { client, nowMs }));
  assert.deepEqual(token, { text: CANARY, endsAtMs: NOW_MS + 3_599_000 });
  const [request] = upstream.requests;
  assert.equal(request?.path, '/token');
  assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded');
  const form = new URLSearchParams(request?.body);
  assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  const { payload, protectedHeader } = await jwtVerify(form.get('assertion') ?? '', publicKey, {
    currentDate: new Date(NOW_MS),
    audience: `${upstream.origin}/token`,
  });
  assert.deepEqual(protectedHeader, { alg: 'RS256', typ: 'JWT', kid: 'key-1' });
  assert.equal(payload.iss, 'gateway@project.iam.gserviceaccount.com');
  assert.equal(payload['scope'], 'https://www.googleapis.com/auth/cloud-platform');
  assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 3600);
});

test('the credentials of a user get a token by their refresh token', async () => {
  await using upstream = await startUpstream(grants);
  const path = file({
    type: 'authorized_user',
    client_id: 'id',
    client_secret: 'cs',
    refresh_token: 'rt',
    token_uri: `${upstream.origin}/t`,
  });
  await withClient((client) => tokenByFile(path, { client, nowMs }));
  assert.equal(upstream.requests[0]?.body, 'grant_type=refresh_token&client_id=id&client_secret=cs&refresh_token=rt');
});

test('the metadata server of the machine gives a token', async () => {
  await using upstream = await startUpstream(grants);
  const token = await withClient((client) => tokenByMetadata(`127.0.0.1:${upstream.port}`, { client, nowMs }));
  assert.equal(token.text, CANARY);
  assert.equal(upstream.requests[0]?.method, 'GET');
  assert.equal(upstream.requests[0]?.path, '/computeMetadata/v1/instance/service-accounts/default/token');
  assert.equal(upstream.requests[0]?.headers['metadata-flavor'], 'Google');
});

const REFUSALS: readonly {
  readonly name: string;
  readonly document: (origin: string) => unknown;
  readonly script?: Script;
  readonly says: RegExp;
}[] = [
  { name: 'no JSON', document: () => 'not json', says: /no type service_account/ },
  { name: 'another type', document: () => ({ type: 'external_account' }), says: /no type service_account/ },
  { name: 'no key', document: (origin) => ({ ...account(origin), private_key: undefined }), says: /no private_key/ },
  {
    name: 'a key that is none',
    document: (origin) => ({
      ...account(origin),
      private_key: `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`,
    }),
    says: /cannot sign/,
  },
  { name: 'a token address without TLS', document: () => account('http://example.com/token'), says: /https/ },
  {
    name: 'a grant that is refused',
    document: (origin) => account(origin),
    script: (socket, { body }) =>
      void socket.write(answerJson(400, { error: 'invalid_grant', error_description: `wrong: ${body}` })),
    says: /status 400 \(invalid_grant\)$/,
  },
  {
    name: 'an answer without a token',
    document: (origin) => account(origin),
    script: (socket) => void socket.write(answerJson(200, {})),
    says: /no access_token/,
  },
  {
    name: 'a token of two lines',
    document: (origin) => account(origin),
    script: (socket) => void socket.write(answerJson(200, { access_token: 'a\r\nb', expires_in: 1 })),
    says: /no access_token/,
  },
  {
    name: 'an answer that is no JSON',
    document: (origin) => account(origin),
    script: (socket) => void socket.write(answer(200, '<html>')),
    says: /JSON object/,
  },
  {
    name: 'an answer without end',
    document: (origin) => account(origin),
    script: (socket) => void socket.write(answer(200, 'x'.repeat(70_000))),
    says: /more than 65536 bytes/,
  },
  {
    name: 'a cut',
    document: (origin) => account(origin),
    script: (socket) => socket.destroy(),
    says: /no token from 127/,
  },
];

for (const { name, document, script = grants, says } of REFUSALS) {
  test(`without a token, since there is ${name}, the reason is told and no credential`, async () => {
    await using upstream = await startUpstream(script);
    const path = file(document(upstream.origin));
    await withClient((client) =>
      assert.rejects(tokenByFile(path, { client, nowMs }), (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, 'unavailable');
        assert.match(error.message, says);
        assert.ok(!inspect(error).includes(CANARY), error.message);
        assert.ok(!/BEGIN|eyJ/.test(error.message), error.message);
        return true;
      }),
    );
  });
}

/** What headers are asked for. */
const QUESTION: Question = {
  origin: 'http://x',
  path: '/',
  body: {},
  answer: { kind: 'whole', read: () => ({ kind: 'token_count', inputTokens: 0, source: 'exact' }) },
  readError: () => ({ outcome: 'unavailable', message: '' }),
};

interface Clocked {
  readonly credentials: Credentials;
  readonly fetches: () => number;
  nowMs: number;
  next: () => Promise<AccessToken>;
}

function clocked(): Clocked {
  let fetches = 0;
  const made: Clocked = {
    credentials: createTokenCredentials({
      fetch: () => {
        fetches += 1;
        return made.next();
      },
      nowMs: () => made.nowMs,
    }),
    fetches: () => fetches,
    nowMs: 0,
    next: async () => ({ text: `token-${fetches}`, endsAtMs: made.nowMs + 3_600_000 }),
  };
  return made;
}

const asked = async ({ credentials }: Clocked): Promise<string | undefined> =>
  (await credentials.headersFor(QUESTION, ''))[1];

test('a token is kept until it nears its end, renewed behind the back of callers, and never used beyond it', async () => {
  const made = clocked();
  assert.deepEqual(await Promise.all([asked(made), asked(made)]), ['Bearer token-1', 'Bearer token-1']);
  assert.equal(made.fetches(), 1, 'callers that come together share a fetch');
  made.nowMs = 3_299_000;
  assert.ok(!(made.credentials.headersFor(QUESTION, '') instanceof Promise), 'nobody waits for a kept token');
  assert.equal(made.fetches(), 1);
  made.nowMs = 3_300_000;
  assert.equal(await asked(made), 'Bearer token-1', 'the one before still serves');
  assert.equal(made.fetches(), 2);
  assert.equal(await asked(made), 'Bearer token-2');
  made.nowMs += 3_571_000;
  assert.equal(await asked(made), 'Bearer token-3', 'too near its end');
});

test('a renewal that fails is told to nobody while the token before serves, and tried again after a pause', async () => {
  const made = clocked();
  await asked(made);
  made.next = () => Promise.reject(new Failure('unavailable', 'no network'));
  made.nowMs = 3_400_000;
  assert.equal(await asked(made), 'Bearer token-1');
  assert.equal(await asked(made), 'Bearer token-1');
  assert.equal(made.fetches(), 2, 'not at every call');
  made.nowMs += 5_000;
  assert.equal(await asked(made), 'Bearer token-1');
  assert.equal(made.fetches(), 3);
  made.nowMs = 3_600_000;
  await assert.rejects(asked(made), /no network/);
});

test('a token that was refused is renewed, at most every few seconds, and never shown', async () => {
  const made = clocked();
  await asked(made);
  made.credentials.rejected();
  assert.equal(await asked(made), 'Bearer token-1');
  made.nowMs = 5_000;
  assert.equal(await asked(made), 'Bearer token-2');
  assert.equal(await asked(made), 'Bearer token-2');
  assert.equal(made.credentials.conceal('both token-1 and token-2'), 'both [secret] and [secret]');
});

const REPLY = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1 },
  modelVersion: 'gemini-2.5-pro',
  responseId: 'r1',
};

test('each request goes to the place of its project, location and model', async () => {
  await using upstream = await startUpstream((socket, { path }) => {
    const predicted = { predictions: [{ embeddings: { values: [1, 2], statistics: { token_count: 2 } } }] };
    const documents: Readonly<Record<string, unknown>> = { predict: predicted, countTokens: { totalTokens: 5 } };
    socket.write(answerJson(200, documents[path.split(':').at(-1) ?? ''] ?? REPLY));
  });
  await withClient(async (client) => {
    const vendor = createVertexVendor({
      baseUrl: parseBaseUrl('vertex', `${upstream.origin}/v1beta1`),
      project: 'my-project',
      location: 'europe-west4',
      credentials: createTokenCredentials({
        fetch: async () => ({ text: CANARY, endsAtMs: NOW_MS + 3_600_000 }),
        nowMs,
      }),
    });
    const provider = createHttpProvider(vendor, client, { headers: [], maxReplyBytes: 100_000 });
    wholeOf(await provider.send(providerCall({ model: 'gemini-2.5-pro' })), 'generation');
    wholeOf(await provider.send(providerCall({ model: 'endpoints/42' })), 'generation');
    wholeOf(await provider.send(providerCall({ model: 'text-embedding-005', request: embedding() })), 'embedding');
    wholeOf(
      await provider.send(
        providerCall({ model: 'gemini-2.5-pro', request: { kind: 'token_count', generation: generation() } }),
      ),
      'token_count',
    );
    failureOf(await provider.send(providerCall({ model: 'gemini-2.5-pro', request: generation({ stream: true }) })));
  });
  const home = '/v1beta1/projects/my-project/locations/europe-west4';
  assert.deepEqual(
    upstream.requests.map(({ path }) => path),
    [
      `${home}/publishers/google/models/gemini-2.5-pro:generateContent`,
      `${home}/endpoints/42:generateContent`,
      `${home}/publishers/google/models/text-embedding-005:predict`,
      `${home}/publishers/google/models/gemini-2.5-pro:countTokens`,
      `${home}/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse`,
    ],
  );
  assert.equal(upstream.requests[0]?.headers['authorization'], `Bearer ${CANARY}`);
});

test('every location has its address', () => {
  assert.equal(vertexUrl('europe-west4'), 'https://europe-west4-aiplatform.googleapis.com/v1beta1');
  assert.equal(vertexUrl('eu'), 'https://aiplatform.eu.rep.googleapis.com/v1beta1');
  assert.equal(vertexUrl('global'), 'https://aiplatform.googleapis.com/v1beta1');
});
