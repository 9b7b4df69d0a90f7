import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRecentTexts } from '../../src/flows/recent-texts.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 400 }).filter((each) => each.isWellFormed()),
  fc.integer({ min: 600, max: 2000 }).map((length) => 'x'.repeat(length)),
);

test('what was remembered last is found as it was, and what came too many texts ago is not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.uniqueArray(text, { maxLength: 30 }),
      text,
      (capacity, keys, body) => {
        const texts = createRecentTexts(capacity);
        for (const [index, key] of keys.entries()) texts.remember(key, `${index}${body}`);
        keys.forEach((key, index) => {
          const kept = index >= keys.length - capacity;
          assert.equal(texts.find(key), kept ? `${index}${body}` : undefined);
        });
      },
    ),
  );
});

test('what was never remembered is not found, an empty key neither', () => {
  const texts = createRecentTexts(4);
  assert.deepEqual([texts.find(''), texts.find('a')], [undefined, undefined]);
});
