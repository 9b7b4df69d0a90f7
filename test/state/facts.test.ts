import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import { readFactsFile } from '../../src/state/facts-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-facts-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(text: string): string {
  const path = join(folder, 'facts.json');
  writeFileSync(path, text);
  return path;
}

test('facts of a file are read as they stand', () => {
  const facts = { targets: { 'a/b': { breaker: 'open' } } };
  assert.deepEqual(readFactsFile(fileOf(JSON.stringify(facts))), facts);
});

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['no JSON', '{', /facts\.json: /],
  ['a list', '[]', /must be an object/],
  ['a field that is no fact', '{"nows":{}}', /unknown field "nows"/],
];
for (const [name, text, message] of refused) {
  test(`a facts file with ${name} is refused by name`, () => {
    assert.throws(
      () => readFactsFile(fileOf(text)),
      (error: unknown) => error instanceof Failure && error.code === 'config_invalid' && message.test(error.message),
    );
  });
}

test('a facts file that is not there is refused by name', () => {
  assert.throws(() => readFactsFile(join(folder, 'none.json')), /none\.json/);
});
