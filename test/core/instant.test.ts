import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatInstant } from '../../src/core/instant.ts';

test('a moment of any year from 0 to 9999 is written as RFC 3339 in UTC', () => {
  const min = -62_167_219_200_000; // the first moment of the year 0
  const max = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  fc.assert(
    fc.property(fc.integer({ min, max }), (unixMs) => {
      assert.equal(formatInstant(unixMs), new Date(unixMs).toISOString());
    }),
    { numRuns: 2000 },
  );
});

for (const [unixMs, text] of [
  [0, '1970-01-01T00:00:00.000Z'],
  [-1, '1969-12-31T23:59:59.999Z'],
  [951_782_399_999.9, '2000-02-28T23:59:59.999Z'],
  [951_782_400_000, '2000-02-29T00:00:00.000Z'],
  [4_107_542_400_000, '2100-03-01T00:00:00.000Z'],
] as const) {
  test(`${unixMs} ms since the epoch is ${text}`, () => {
    assert.equal(formatInstant(unixMs), text);
  });
}
