import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readKeysFile } from '../../src/config/keys-file.ts';
import { hashKey } from '../../src/identity/keys.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-keys-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = (name: string): string => join(folder, name);

describe('a file of keys', () => {
  const file = inFolder('keys.yaml');

  test('is made by the first key, for its owner alone, and holds no key', async () => {
    const { exitCode, stdout } = await runCli(['keys', 'create', '--file', file, '--id', 'a', '--team', 'search']);
    assert.equal(exitCode, 0);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!readFileSync(file, 'utf8').includes(stdout.trim().slice(-32)));
    assert.deepEqual(readKeysFile(file), [{ id: 'a', hash: hashKey(stdout.trim()), subject: 'a', team: 'search' }]);
  });

  test('keeps its comments and order when a key is added', async () => {
    writeFileSync(
      inFolder('noted.yaml'),
      `# ours\nkeys:\n  # first\n${readFileSync(file, 'utf8').split('\n').slice(1).join('\n')}`,
    );
    await runCli([
      'keys',
      'create',
      '--file',
      inFolder('noted.yaml'),
      '--id',
      'b',
      '--operation',
      'chat',
      '--model',
      'fast',
    ]);
    const text = readFileSync(inFolder('noted.yaml'), 'utf8');
    assert.match(text, /^# ours\nkeys:\n {2}# first\n {2}- id: a\n/);
    assert.deepEqual(
      readKeysFile(inFolder('noted.yaml')).map(({ id, operations, models }) => [id, operations, models]),
      [
        ['a', undefined, undefined],
        ['b', ['chat'], ['fast']],
      ],
    );
  });

  test('keeps the old hash for a while when a key is rotated', async () => {
    const [before] = readKeysFile(file);
    const { stdout } = await runCli(['keys', 'rotate', 'a', '--file', file, '--overlap-hours', '2']);
    const [now] = readKeysFile(file);
    assert.equal(now?.hash, hashKey(stdout.trim()));
    assert.equal(now?.previousHash, before?.hash);
    const overlapMs = Date.parse(now?.previousExpiresAt ?? '') - Date.now();
    assert.ok(overlapMs > 7_190_000 && overlapMs <= 7_200_000, String(overlapMs));
    assert.match(
      (await runCli(['keys', 'list', '--file', file])).stdout,
      /^a\s+rotating\s+a\s+search \/ \* \/ \*\s+all/m,
    );
  });

  test('says when a key was taken back, and never shows a hash', async () => {
    assert.equal((await runCli(['keys', 'revoke', 'a', '--file', file])).exitCode, 0);
    const { stdout } = await runCli(['keys', 'list', '--file', file, '--json']);
    const { keys } = JSON.parse(stdout);
    assert.equal(keys[0].state, 'revoked');
    assert.ok(!stdout.includes('sha256'));
  });

  for (const [what, args, message] of [
    ['an id twice', ['create', '--id', 'a'], /key "a" exists; rotate it/],
    ['a key that is not there', ['revoke', 'nobody'], /no key of id "nobody"/],
    ['an id that cannot be', ['create', '--id', 'a b'], /key id: must be/],
  ] as const) {
    test(`refuses ${what} and stays as it was`, async () => {
      const before = readFileSync(file, 'utf8');
      const { exitCode, stderr } = await runCli(['keys', ...args, '--file', file]);
      assert.notEqual(exitCode, 0);
      assert.match(stderr, message);
      assert.equal(readFileSync(file, 'utf8'), before);
    });
  }

  test('is not changed by two commands at once', async () => {
    writeFileSync(`${file}.new`, '');
    const { stderr } = await runCli(['keys', 'create', '--file', file, '--id', 'late']);
    assert.match(stderr, /another command is changing the keys/);
    rmSync(`${file}.new`);
  });
});
