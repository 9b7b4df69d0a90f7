import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shifted } from '../../../src/cli/prices/exact.ts';

for (const [value, shift, expected] of [
  [3, 6, 3_000_000],
  [0.0375, 6, 37_500],
  [0.1, 6, 100_000],
  [0.00875, 6, 8_750],
  [1e-6, 6, 1],
  [1e-7, 6, undefined],
  [5e-7, 6, undefined],
  [0, 6, 0],
  [1e21, 6, undefined],
  [0.3, 9, 300_000_000],
  [-1, 6, undefined],
  [Number.NaN, 6, undefined],
  [Number.POSITIVE_INFINITY, 6, undefined],
  [0.1 + 0.2, 6, undefined],
  [1.1, 6, 1_100_000],
] as const) {
  test(`${value}, ${shift} places to the left, is ${expected ?? 'no whole number'}`, () => {
    assert.equal(shifted(value, shift), expected);
  });
}

test('every price of up to six decimals comes out exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (pico) => {
      const text = String(pico).padStart(7, '0');
      assert.equal(shifted(Number(`${text.slice(0, -6)}.${text.slice(-6)}`), 6), pico);
    }),
  );
});
