import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dollars, ratio, signedDollars, usd } from '../../src/reports/money.ts';

describe('amounts', () => {
  const cases: readonly (readonly [nano: bigint, exact: string, shown: string])[] = [
    [0n, '0', '$0.00'],
    [1n, '0.000000001', '$0.000000001'],
    [99_999n, '0.000099999', '$0.000099999'],
    [100_000n, '0.0001', '$0.0001'],
    [42_149_999n, '0.042149999', '$0.0421'],
    [42_150_000n, '0.04215', '$0.0422'],
    [999_999_999n, '0.999999999', '$1.0000'],
    [1_004_999_999n, '1.004999999', '$1.00'],
    [1_005_000_000n, '1.005', '$1.01'],
    [1_234_567_895_000_000n, '1234567.895', '$1,234,567.90'],
    [9_007_199_254_740_993_000_000_001n, '9007199254740993.000000001', '$9,007,199,254,740,993.00'],
    [-1_500_000_000n, '-1.5', '-$1.50'],
  ];
  for (const [nano, exact, shown] of cases) {
    test(`${nano} nano-USD`, () => assert.deepEqual([usd(nano), dollars(nano)], [exact, shown]));
  }

  test('every digit is kept', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (nano) => {
        const [whole = '', fraction = ''] = usd(nano).split('.');
        assert.equal(BigInt(whole + fraction.padEnd(9, '0')), nano);
      }),
      { examples: [[-1n], [0n], [10n ** 9n]] },
    );
  });

  test('a change says which way', () => {
    assert.deepEqual([5n * 10n ** 9n, -(5n * 10n ** 9n), 0n].map(signedDollars), ['+$5.00', '−$5.00', '$0.00']);
  });
});

describe('ratios', () => {
  const cases: readonly (readonly [part: bigint, whole: bigint, expected: number | undefined])[] = [
    [1n, 3n, 0.3333],
    [2n, 3n, 0.6667],
    [-1n, 3n, -0.3333],
    [1n, -3n, -0.3333],
    [0n, 5n, 0],
    [-1n, 10n ** 9n, 0],
    [1n, 0n, undefined],
    [10n ** 40n, 10n ** 40n, 1],
  ];
  for (const [part, whole, expected] of cases) {
    test(`${part} of ${whole}`, () => assert.equal(ratio(part, whole), expected));
  }
});
