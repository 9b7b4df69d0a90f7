import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readPolicyData } from '../../src/cli/policy-data.ts';
import { Failure } from '../../src/core/failure.ts';
import { makeBundle } from '../../src/policy/bundle/bundle.ts';
import { writeBundle } from '../../src/policy/bundle/write.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-policy-data-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let folders = 0;

function policies(files: Readonly<Record<string, string>>): string {
  folders += 1;
  const root = join(folder, String(folders));
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Without prototypes, which the data has none of. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('data of a policy', () => {
  test('of several files is one, a sub-folder under its name', async () => {
    const data = await readPolicyData(
      policies({
        'data/a.yaml': 'prices:\n  a/m: [1]\n# a comment\n',
        'data/b.json': '{"prices":{"b/m":[2]},"limits":{}}',
        'data/teams/search.yml': 'quota: 3\n',
        'data/empty.yaml': '# nothing yet\n',
        'elsewhere/c.yaml': 'prices: {c/m: [3]}\n',
      }),
    );
    assert.deepEqual(plain(data), {
      prices: { 'a/m': [1], 'b/m': [2] },
      limits: {},
      teams: { quota: 3 },
    });
  });

  test('of a bundle is what it holds', async () => {
    const bundle = makeBundle({
      revision: 'main',
      wasm: new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
      dataJson: new TextEncoder().encode('{"prices":{"a/m":[]}}'),
      resolvers: [{ entrypoint: 'turnpike/decision', module: '/policy.wasm' }],
      facts: {},
    });
    const path = join(folder, 'bundle.tar.gz');
    writeFileSync(path, await writeBundle(bundle));
    assert.deepEqual(plain(await readPolicyData(path)), { prices: { 'a/m': [] } });
  });

  test('names of prototypes are names like any other', async () => {
    const data = await readPolicyData(policies({ 'data/a.json': '{"prices":{"__proto__":{"x":1}}}' }));
    assert.equal(JSON.stringify(data), '{"prices":{"__proto__":{"x":1}}}');
    assert.equal('x' in {}, false);
  });

  for (const [name, files, message] of [
    [
      'what two files say',
      { 'data/a.yaml': 'x: 1\n', 'data/b.yaml': 'x: 2\n' },
      /data\/b\.yaml: "x" is defined by another/,
    ],
    [
      'a value over an object',
      { 'data/a.yaml': 'x: {y: 1}\n', 'data/b.yaml': 'x: 2\n' },
      /data\/b\.yaml: "x" is defined/,
    ],
    ['YAML that is none', { 'data/a.yaml': 'x: [' }, /data\/a\.yaml: /],
    ['a list', { 'data/a.yaml': '- x\n' }, /data\/a\.yaml: is not an object/],
  ] as const) {
    test(`refuses ${name} by name`, async () => {
      await assert.rejects(
        readPolicyData(policies(files)),
        (reason) => reason instanceof Failure && reason.code === 'policy_invalid' && message.test(reason.message),
      );
    });
  }

  test('of nowhere is not found', async () => {
    await assert.rejects(
      readPolicyData(join(folder, 'gone')),
      (reason) => reason instanceof Failure && reason.code === 'not_found',
    );
  });
});
