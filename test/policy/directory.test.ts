import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, suite, test } from 'node:test';
import { readPolicyDirectory } from '../../src/policy/source/directory.ts';
import { revisionOf } from '../../src/policy/source/revision.ts';

const root = await mkdtemp(join(tmpdir(), 'turnpike-policies-'));
after(() => rm(root, { recursive: true }));
let folders = 0;

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  folders += 1;
  const folder = join(root, String(folders));
  await mkdir(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

suite('a policy folder', () => {
  test('is read as modules, data and schemas; what nobody reads is named', async () => {
    const folder = await folderOf({
      'a/x.rego': 'package a',
      'a/x_test.rego': 'package a_test',
      'data/t.yaml': 't: 1',
      'data/deep/u.json': '{}',
      'schemas/input.json': '{}',
      'a/stray.json': '{}',
      'README.md': 'words',
      '.git/config.json': '{}',
    });
    assert.deepEqual(await readPolicyDirectory(folder), {
      modules: { 'a/x.rego': 'package a', 'a/x_test.rego': 'package a_test' },
      data: { 'data/t.yaml': 't: 1', 'data/deep/u.json': '{}' },
      schemas: { 'schemas/input.json': '{}' },
      ignored: ['a/stray.json'],
    });
  });

  const BOUNDS = [
    { name: 'too many files', bounds: { maxFiles: 1 }, want: /b\.rego: is one more than the 1 files allowed/ },
    { name: 'a large file', bounds: { maxFileBytes: 5 }, want: /a\.rego: is larger than 5 bytes/ },
    { name: 'too much in all', bounds: { maxTotalBytes: 12 }, want: /b\.rego: takes the folder past 12 bytes/ },
    { name: 'deep folders', bounds: { maxDepth: 0 }, want: /c: lies deeper than 0 folders/ },
  ];
  for (const { name, bounds, want } of BOUNDS) {
    test(`is refused for ${name}`, async () => {
      const folder = await folderOf({ 'a.rego': 'package a', 'b.rego': 'package b', 'c/c.rego': 'package c' });
      await assert.rejects(readPolicyDirectory(folder, bounds), { code: 'policy_invalid', message: want });
    });
  }

  test('is refused when a file is not UTF-8', async () => {
    const folder = await folderOf({ 'a.rego': Uint8Array.of(0x70, 0xff) });
    await assert.rejects(readPolicyDirectory(folder), { message: 'a.rego: is not UTF-8' });
  });

  test('follows a link that stays inside, and refuses others', async () => {
    const folder = await folderOf({ '..data/x.rego': 'package x' });
    await symlink(join('..data', 'x.rego'), join(folder, 'x.rego'));
    assert.deepEqual(Object.keys((await readPolicyDirectory(folder)).modules), ['x.rego']);

    const cases = [
      { target: '/etc/hostname', want: /leads outside the policy folder/ },
      { target: 'nowhere', want: /is a link to nothing/ },
      { target: '..data', want: /is a link to a folder/ },
    ];
    for (const { target, want } of cases) {
      const linked = await folderOf({ '..data/x.rego': 'package x' });
      await symlink(target, join(linked, 'link.rego'));
      await assert.rejects(readPolicyDirectory(linked), { code: 'policy_invalid', message: want });
    }
  });

  test('that is not there, or is a file, is not found', async () => {
    const folder = await folderOf({ 'a.rego': '' });
    for (const path of [join(folder, 'nowhere'), join(folder, 'a.rego')]) {
      await assert.rejects(readPolicyDirectory(path), { code: 'not_found' });
    }
  });

  test('has the commit as its revision, marked when a file of it differs', async () => {
    const repository = await folderOf({ 'policies/a.rego': 'package a', 'other.txt': '1' });
    const policies = join(repository, 'policies');
    assert.equal(await revisionOf(policies), 'unversioned');
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', repository, '-c', 'user.name=x', '-c', 'user.email=x@x', ...args], {
        encoding: 'utf8',
      });
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const head = git('rev-parse', 'HEAD').trim();
    await writeFile(join(repository, 'other.txt'), '2');
    assert.equal(await revisionOf(policies), head);
    await writeFile(join(policies, 'b.rego'), 'package b');
    assert.equal(await revisionOf(policies), `${head}-dirty`);
  });
});
