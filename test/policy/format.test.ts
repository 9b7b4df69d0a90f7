import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unifiedDiff } from '../../src/cli/policy/unified-diff.ts';
import { findingsOf, openCompiler, sourcesOf, valueIn } from './compiler.ts';

const compiler = openCompiler();

test('formatting gives the text of the files that differ, and no others', async () => {
  const modules = { 'a.rego': 'package a\n\np := 1\n', 'b.rego': 'package b\np:=1\n' };
  const { changed } = valueIn(await compiler.format(sourcesOf({ modules })));
  assert.deepEqual(changed, { 'b.rego': 'package b\n\np := 1\n' });
});

test('formatting refuses what does not parse', async () => {
  const [finding] = findingsOf(await compiler.format(sourcesOf({ modules: { 'a.rego': 'package' } })));
  assert.equal(finding?.file, 'a.rego');
});

const DIFFS = [
  { name: 'equal texts have no difference', before: 'a\nb\n', after: 'a\nb\n', want: '' },
  {
    name: 'a changed line is taken out and put in',
    before: 'a\nb\nc\n',
    after: 'a\nB\nc\n',
    want: '--- f\n+++ f\n@@ -1,4 +1,4 @@\n a\n-b\n+B\n c\n \n',
  },
  {
    name: 'an added line stands between its neighbours',
    before: '1\n2\n3\n4\n5\n6\n7\n8',
    after: '1\n2\n3\n4\nx\n5\n6\n7\n8',
    want: '--- f\n+++ f\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n 6\n 7\n',
  },
  {
    name: 'changes far apart are two hunks',
    before: '1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12',
    after: 'x\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\ny',
    want: '--- f\n+++ f\n@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -9,4 +9,4 @@\n 9\n 10\n 11\n-12\n+y\n',
  },
];
for (const { name, before, after, want } of DIFFS) {
  test(`diff: ${name}`, () => {
    assert.equal(unifiedDiff('f', before, after), want);
  });
}
