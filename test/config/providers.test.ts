import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { loadConfig } from '../../src/config/load.ts';
import { renderInForce } from '../../src/config/reference.ts';
import { Failure } from '../../src/core/failure.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-providers-'));
after(() => rmSync(folder, { recursive: true }));

const CANARY = 'sk-canary-7Q4tZx91LmPwVbNc';

function load(list: string) {
  writeFileSync(join(folder, 'turnpike.yaml'), `identity: {mode: none}\nproviders:\n  list:\n${list}`);
  return loadConfig({ file: 'turnpike.yaml', variables: {}, cwd: folder });
}

function faultsOf(list: string): readonly string[] {
  try {
    load(list);
  } catch (reason) {
    assert.ok(reason instanceof Failure);
    assert.ok(!inspect(reason, { depth: 9 }).includes(CANARY), 'a key is never quoted');
    return reason.faults.map(({ message }) => message);
  }
  return [];
}

test('nobody is configured at first, and a target without a provider is refused', () => {
  const { config } = loadConfig({ variables: { TURNPIKE_IDENTITY_MODE: 'none' }, cwd: folder });
  assert.deepEqual(config.providers, { unconfigured: 'refuse', list: [] });
});

const GOOD = [
  '    - {name: openai, kind: openai, api_key: env:OPENAI_API_KEY}',
  '    - {name: azure, kind: azure, base_url: "https://x.openai.azure.com", token: "command:az account get-access-token", deployments: [{model: gpt-5, deployment: prod-gpt-5}]}',
  '    - {name: anthropic, kind: anthropic, api_key: file:/run/secrets/anthropic, headers: [{name: anthropic-beta, value: "a,b"}]}',
  '    - {name: vertex, kind: vertex, project: p, location: europe-west4}',
  '    - {name: bedrock, kind: bedrock, region: eu-central-1, profile: models}',
  '    - {name: groq, preset: groq, api_key: env:GROQ_API_KEY}',
  '    - {name: own, base_url: "http://127.0.0.1:8000/v1"}',
  '    - {name: echo, kind: simulated}',
];

test('every kind of provider can be said, and is printed so that it loads again', () => {
  const loaded = load(GOOD.join('\n'));
  assert.equal(loaded.config.providers.list.length, GOOD.length);
  assert.equal(loaded.config.providers.list[5]?.kind, 'compatible');
  const printed = renderInForce(loaded);
  writeFileSync(join(folder, 'again.yaml'), printed);
  const again = loadConfig({ file: 'again.yaml', variables: {}, cwd: folder });
  assert.deepEqual(again.config.providers, loaded.config.providers);
});

const REFERENCE =
  'must be env:NAME, file:/path or command:program arguments; a key itself does not belong into a configuration';

const BAD = [
  {
    list: `    - {name: openai, kind: openai, api_key: ${CANARY}}`,
    faults: [`providers.list.0.api_key: ${REFERENCE}`],
  },
  {
    list: `    - {name: azure, kind: azure, base_url: "https://x", token: "${CANARY}"}`,
    faults: [`providers.list.0.token: ${REFERENCE}`],
  },
  {
    list: '    - {name: openai, kind: openai, api_key: 12345678}',
    faults: ['providers.list.0.api_key: must be text (in quotes, if it looks like a number)'],
  },
  {
    list: `    - {name: x, base_url: "https://user:${CANARY}@x.example/v1"}`,
    faults: ['providers.list.0.base_url: must be an http or https URL without a credential'],
  },
  {
    list: `    - {name: x, base_url: "https://x.example", headers: [{name: authorization, value: "Bearer ${CANARY}"}]}`,
    faults: [
      'providers.list.0.headers.0.name: must be the lower-case name of a header that holds no credential and does not frame the request (actual: "authorization")',
    ],
  },
  { list: '    - {name: openai, kind: openai}', faults: ['providers.list.0.kind: "openai" needs api_key'] },
  { list: '    - {name: x}', faults: ['providers.list.0.kind: "compatible" needs preset or base_url'] },
  {
    list: '    - {name: a, kind: azure, base_url: "https://x", api_key: env:A, token: env:B}',
    faults: ['providers.list.0.token: cannot stand beside api_key'],
  },
  {
    list: '    - {name: echo, kind: simulated, api_key: env:A, region: eu}',
    faults: [
      'providers.list.0.api_key: is not read with kind "simulated"',
      'providers.list.0.region: is not read with kind "simulated"',
    ],
  },
  {
    list: '    - {name: echo, kind: simulated}\n    - {name: echo, kind: simulated}',
    faults: ['providers.list.1.name: "echo" stands here twice'],
  },
  {
    list: '    - {name: a/b, kind: simulated}',
    faults: ['providers.list.0.name: must be lower-case letters, digits and inner . _ - (actual: "a/b")'],
  },
] as const;

for (const { list, faults } of BAD) {
  test(`refused: ${faults.join(' and ')}`, () => assert.deepEqual(faultsOf(list), faults));
}
