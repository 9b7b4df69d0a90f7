import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isBase64 } from '../../src/protocol/base64-text.ts';

/** The same, character by character. */
const plainly = (text: string): boolean =>
  text.length >= 2 && text.length % 4 !== 1 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

/** Longer than several pieces of it. */
const LONG = randomBytes(150_000).toString('base64');

describe('base64', () => {
  test('is what has its alphabet and nothing else, wherever in a long text it stands', () => {
    const wrong = fc.constantFrom('-', '_', '=', '==', ' ', '\n', '\0', '.', 'Ł', 'é', '\ud83d\ude00', '%41');
    const place = fc.oneof(fc.nat(LONG.length), fc.constantFrom(0, 32_767, 32_768, 65_536, LONG.length - 1));
    fc.assert(
      fc.property(place, wrong, fc.nat(3), (at, sign, cut) => {
        const text = LONG.slice(0, at) + sign + LONG.slice(at + cut);
        assert.equal(isBase64(text), plainly(text), `${sign} at ${at}, for ${cut}`);
      }),
    );
  });

  test('of any length is told as character by character', () => {
    const length = fc.oneof(fc.nat(40), fc.nat(LONG.length));
    const padding = fc.constantFrom('', '=', '==', '===');
    const isTold = (end: number, signs: string): void => {
      const text = LONG.slice(0, end) + signs;
      assert.equal(isBase64(text), plainly(text), `${end} and ${signs}`);
    };
    fc.assert(fc.property(length, padding, isTold));
    for (const piece of [32_768, 65_536]) {
      for (let end = piece - 8; end < piece + 8; end += 1)
        for (const signs of ['', '=', '==', '===']) isTold(end, signs);
    }
  });

  test('is told of texts of any kind', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(isBase64(text), plainly(text))));
    assert.equal(isBase64(LONG), true);
  });
});
