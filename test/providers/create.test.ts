import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { PROVIDER_KINDS } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Failure } from '../../src/core/failure.ts';
import type { ModelRequest } from '../../src/core/generation.ts';
import { PRESETS } from '../../src/providers/compatible/presets.ts';
import { createProviders, type OpenProviders } from '../../src/providers/create.ts';
import type { ProviderOptions } from '../../src/providers/provider-options.ts';
import { OPENAI_CHAT } from '../contract/provider-scripts.ts';
import { createAuthority } from '../support/certificates.ts';
import { embedding, generation, providerCall, wholeOf } from '../support/model-requests.ts';
import { answerJson, startUpstream, type UpstreamRequest } from '../support/upstream.ts';

/** Of `simulated/script.ts`, which refuses any other. */
const SCRIPT_OPTIONS = ['latency_ms', 'token_ms', 'tokens', 'fail', 'retry_after_ms', 'cut_after', 'answer'];
const KEY = 'sk-canary-7Q4tZx91LmPwVbNc';
const folder = mkdtempSync(join(tmpdir(), 'turnpike-create-'));
after(() => rmSync(folder, { recursive: true }));

const provider = (said: Partial<ProviderOptions> & Pick<ProviderOptions, 'kind'>): ProviderOptions => ({
  name: 'p',
  deployments: [],
  headers: [],
  maxConnections: 2,
  maxReplyBytes: 1_000_000,
  ...said,
});

const open = (list: readonly ProviderOptions[], unconfigured: 'refuse' | 'simulated' = 'refuse'): OpenProviders =>
  createProviders({ unconfigured, list }, { env: { KEY }, nowMs: () => 0 });

test('a provider is found by its name, and nobody else is', async () => {
  const providers = open([provider({ name: 'echo', kind: 'simulated' })]);
  assert.ok(providers.find('echo'));
  for (const name of ['other', '', '__proto__', 'constructor']) assert.equal(providers.find(name), undefined);
  await providers.close();
});

test('a simulation stands in for everybody who is not configured, where that is said', async () => {
  const providers = open([], 'simulated');
  const reply = await providers.find('openai')?.send(providerCall());
  assert.ok(reply);
  assert.match(JSON.stringify(wholeOf(reply, 'generation').content), /simulated/);
});

test('the configuration of a server is taken as it is', async () => {
  writeFileSync(
    join(folder, 'turnpike.yaml'),
    `identity: {mode: none}
providers:
  unconfigured: simulated
  list:
    - {name: openai, kind: openai, api_key: env:KEY}
    - {name: azure, kind: azure, base_url: "https://x.openai.azure.com", token: env:KEY}
    - {name: anthropic, kind: anthropic, api_key: env:KEY}
    - {name: gemini, kind: gemini, api_key: env:KEY}
    - {name: vertex, kind: vertex, project: p, location: global}
    - {name: bedrock, kind: bedrock, region: eu-central-1}
    - {name: groq, preset: groq, api_key: env:KEY}
    - {name: vllm, base_url: "http://127.0.0.1:8000/v1"}
    - {name: echo, kind: simulated}
`,
  );
  const { config } = loadConfig({ file: 'turnpike.yaml', variables: {}, cwd: folder });
  const providers = createProviders(config.providers, { env: { KEY }, nowMs: () => 0 });
  for (const { name } of config.providers.list) assert.ok(providers.find(name), name);
  await providers.close();
});

test('of every provider it is known where its requests go', async () => {
  const apiKey = 'env:KEY';
  const list = [
    provider({ name: 'openai', kind: 'openai', apiKey }),
    provider({ name: 'eu', kind: 'bedrock', region: 'eu-central-1', apiKey }),
    provider({ name: 'groq', kind: 'compatible', preset: 'groq', apiKey }),
    provider({ name: 'local', kind: 'compatible', baseUrl: 'http://127.0.0.1:8000/v1' }),
    provider({ name: 'plain', kind: 'compatible', baseUrl: 'http://models.example.com' }),
    provider({ name: 'echo', kind: 'simulated' }),
  ];
  const providers = open(list, 'simulated');
  assert.deepEqual(
    [...list.map(({ name }) => name), 'nobody'].map((name) => providers.addressOf(name)),
    [
      { host: 'api.openai.com', port: 443 },
      { host: 'bedrock-runtime.eu-central-1.amazonaws.com', port: 443 },
      { host: 'api.groq.com', port: 443 },
      { host: '127.0.0.1', port: 8000 },
      { host: 'models.example.com', port: 80 },
      undefined,
      undefined,
    ],
  );
  await providers.close();
});

test('every fault is told at once, without a credential', () => {
  const list = [
    provider({ name: 'a', kind: 'openai', apiKey: 'env:MISSING' }),
    provider({ name: 'b', kind: 'anthropic', apiKey: KEY }),
    provider({ name: 'c', kind: 'compatible', preset: 'nobody' }),
    provider({ name: 'd', kind: 'compatible' }),
    provider({ name: 'e', kind: 'compatible', baseUrl: `https://user:${KEY}@example.com` }),
    provider({ name: 'f', kind: 'openai', apiKey: 'env:KEY', caFile: join(folder, 'missing.pem') }),
    provider({ name: 'g', kind: 'vertex', location: 'global' }),
    provider({ name: 'h', kind: 'bedrock' }),
    provider({ name: 'ok', kind: 'simulated' }),
  ];
  assert.throws(
    () => open(list),
    (reason) => {
      assert.ok(reason instanceof Failure);
      assert.equal(reason.code, 'config_invalid');
      assert.ok(!inspect(reason, { depth: 9 }).includes(KEY));
      assert.deepEqual(
        reason.faults.map(({ message }) => message.split(';')[0]),
        [
          'the api_key of a: the variable MISSING is not set',
          'the api_key of b must be env:NAME, file:/path or command:program arguments',
          'c: no preset "nobody"',
          'd: base_url is missing',
          'e: base_url must have no credential, query or fragment',
          `f: the authorities in ${join(folder, 'missing.pem')} cannot be read`,
          'g: project is missing',
          'h: region is missing',
        ],
      );
      return true;
    },
  );
});

const VECTORS = {
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [1, 0] }],
  model: 'e',
  usage: { prompt_tokens: 1, total_tokens: 1 },
};

/** What arrives at a vendor of these options. */
async function arrivalOf(
  options: Parameters<typeof provider>[0],
  request: ModelRequest,
  model = 'm-1',
): Promise<UpstreamRequest> {
  await using upstream = await startUpstream((socket, { path }) => {
    socket.write(answerJson(200, path.includes('embeddings') ? VECTORS : OPENAI_CHAT.whole));
  });
  const providers = open([provider({ baseUrl: `${upstream.origin}/base/`, ...options })]);
  const reply = await providers.find('p')?.send(providerCall({ request, model }));
  assert.ok(reply !== undefined);
  wholeOf(reply, request.kind);
  await providers.close();
  const [arrived] = upstream.requests;
  assert.ok(arrived);
  return arrived;
}

const ADDRESSES = [
  {
    name: 'OpenAI',
    options: { kind: 'openai', apiKey: 'env:KEY' },
    path: '/base/chat/completions',
    header: ['authorization', `Bearer ${KEY}`],
    model: 'm-1',
  },
  {
    name: 'Azure',
    options: { kind: 'azure', apiKey: 'env:KEY' },
    path: '/base/openai/v1/chat/completions',
    header: ['api-key', KEY],
    model: 'm-1',
  },
  {
    name: 'Azure with a token of Entra ID',
    options: { kind: 'azure', token: 'env:KEY' },
    path: '/base/openai/v1/chat/completions',
    header: ['authorization', `Bearer ${KEY}`],
    model: 'm-1',
  },
  {
    name: 'Azure with a version and a deployment',
    options: {
      kind: 'azure',
      apiKey: 'env:KEY',
      apiVersion: '2024-10-21',
      deployments: [{ model: 'm-1', deployment: 'prod/one' }],
    },
    path: '/base/openai/deployments/prod%2Fone/chat/completions?api-version=2024-10-21',
    header: ['api-key', KEY],
    model: 'prod/one',
  },
  {
    name: 'a model server without a key',
    options: { kind: 'compatible' },
    path: '/base/chat/completions',
    header: ['authorization', undefined],
    model: 'm-1',
  },
  {
    name: 'a header of the configuration',
    options: { kind: 'openai', apiKey: 'env:KEY', headers: [{ name: 'openai-organization', value: 'org-1' }] },
    path: '/base/chat/completions',
    header: ['openai-organization', 'org-1'],
    model: 'm-1',
  },
] as const;

for (const { name, options, path, header, model } of ADDRESSES) {
  test(`${name} is asked at ${path}`, async () => {
    const arrived = await arrivalOf(options, generation());
    assert.equal(arrived.path, path);
    assert.equal(arrived.headers[header[0]], header[1]);
    assert.equal(JSON.parse(arrived.body).model, model);
  });
}

test('embeddings go to their own address, with the deployment of their model', async () => {
  const options = {
    kind: 'azure',
    apiKey: 'env:KEY',
    apiVersion: 'v',
    deployments: [{ model: 'm-1', deployment: 'd' }],
  } as const;
  const arrived = await arrivalOf(options, embedding());
  assert.equal(arrived.path, '/base/openai/deployments/d/embeddings?api-version=v');
  assert.deepEqual(JSON.parse(arrived.body), { model: 'd', input: 'a text', encoding_format: 'float' });
});

const SAMPLED = generation({ sampling: { seed: 7 }, user: 'u', maxOutputTokens: 5 });
const CLIENTS_OWN = generation({
  protocol: 'openai-chat',
  body: {
    model: 'auto',
    seed: 7,
    user: 'u',
    store: true,
    tomorrow: 1,
    max_completion_tokens: 5,
    messages: [
      { role: 'developer', content: 'Be short' },
      { role: 'user', content: 'Hi' },
    ],
  },
});

const HABITS = [
  {
    preset: 'mistral',
    request: SAMPLED,
    has: { random_seed: 7, max_tokens: 1000 },
    lacks: ['seed', 'user', 'max_completion_tokens'],
  },
  {
    preset: 'mistral',
    request: CLIENTS_OWN,
    has: { random_seed: 7, tomorrow: 1, max_tokens: 1000 },
    lacks: ['seed', 'user', 'store', 'max_completion_tokens'],
  },
  { preset: 'groq', request: SAMPLED, has: { seed: 7, user: 'u', max_completion_tokens: 1000 }, lacks: ['max_tokens'] },
  { preset: 'vllm', request: CLIENTS_OWN, has: { seed: 7, max_tokens: 1000 }, lacks: ['max_completion_tokens'] },
] as const;

for (const { preset, request, has, lacks } of HABITS) {
  test(`${preset} gets ${Object.keys(has).join(', ')} and not ${lacks.join(', ')}, asked in ${request.protocol}`, async () => {
    const arrived = await arrivalOf({ kind: 'compatible', preset }, request);
    const body: Record<string, unknown> = JSON.parse(arrived.body);
    for (const [field, value] of Object.entries(has)) assert.deepEqual(body[field], value, field);
    for (const field of lacks) assert.equal(field in body, false, field);
    assert.ok(!arrived.body.includes('developer'));
  });
}

const CALL_ID = 'toolu_01A09q90qw90lq917835lq9';
const OWN_ID = 'Abc123xyZ';
const CALLED = {
  translated: generation({
    messages: [CALL_ID, OWN_ID].flatMap((id) => [
      { role: 'user', content: [{ kind: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ kind: 'tool_call', id, name: 'f', arguments: '{}' }] },
      { role: 'tool', results: [{ callId: id, content: [{ kind: 'text', text: 'ok' }] }] },
    ]),
  }),
  'as it is': generation({
    protocol: 'openai-chat',
    body: {
      messages: [CALL_ID, OWN_ID].flatMap((id) => [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }] },
        { role: 'tool', tool_call_id: id, content: 'ok' },
      ]),
    },
  }),
} as const;

for (const [how, request] of Object.entries(CALLED)) {
  test(`mistral gets ids of calls of nine letters and digits, the same for a call and its result, in a body ${how}`, async () => {
    const arrived = await arrivalOf({ kind: 'compatible', preset: 'mistral' }, request);
    const [, call, result, , own, ownResult] = JSON.parse(arrived.body).messages;
    assert.match(call.tool_calls[0].id, /^[A-Za-z0-9]{9}$/);
    assert.equal(result.tool_call_id, call.tool_calls[0].id);
    assert.deepEqual([own.tool_calls[0].id, ownResult.tool_call_id], [OWN_ID, OWN_ID]);
  });
}

test('tokens are counted by us where nobody is asked for counts', async () => {
  const providers = open([provider({ kind: 'compatible', baseUrl: 'http://127.0.0.1:1' })]);
  const reply = await providers
    .find('p')
    ?.send(providerCall({ request: { kind: 'token_count', generation: generation() } }));
  assert.ok(reply);
  const { inputTokens, source } = wholeOf(reply, 'token_count');
  assert.equal(source, 'estimated');
  assert.ok(inputTokens > 0);
  await providers.close();
});

test('an authority of the configuration is believed', async () => {
  const authority = createAuthority('Example CA');
  const tls = authority.certify({ name: [['CN', 'upstream']], ips: ['127.0.0.1'] });
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.certificatePem);
  await using upstream = await startUpstream((socket) => void socket.write(answerJson(200, OPENAI_CHAT.whole)), {
    tls,
  });
  const providers = open([provider({ kind: 'compatible', baseUrl: upstream.origin, caFile })]);
  const reply = await providers.find('p')?.send(providerCall());
  assert.ok(reply);
  wholeOf(reply, 'generation');
  await providers.close();
});

test('the page on providers names every kind, preset, and option of the simulation', () => {
  const page = readFileSync(new URL('../../docs/providers.md', import.meta.url), 'utf8');
  for (const name of [...PROVIDER_KINDS, ...PRESETS.keys(), ...SCRIPT_OPTIONS]) {
    assert.ok(page.includes(`\`${name}\``), name);
  }
});
