/** The text of an entry says all of it, and the hash of a row is what the documentation says that it is. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bodyOf, entryOf, linkHash } from '../../src/ledger/chain.ts';
import { entriesArbitrary } from '../contract/ledger-model.ts';
import { adjustmentOf, attemptEntry, priced } from './entries.ts';

describe('the text of an entry', () => {
  it('says all of it', () => {
    fc.assert(
      fc.property(entriesArbitrary, (entries) => {
        assert.deepEqual(entries.map(bodyOf).map(entryOf), entries);
      }),
    );
  });

  it('says every amount to the nano-dollar', () => {
    const entry = attemptEntry({ cost: priced(2n ** 62n + 1n), chargedNano: 2n ** 53n + 1n });
    for (const one of [entry, adjustmentOf(entry, -(2n ** 62n) - 1n)]) assert.deepEqual(entryOf(bodyOf(one)), one);
    assert.match(bodyOf(entry), /"chargedNano":"9007199254740993"/);
  });
});

describe('the hash of a row', () => {
  /** By the words of docs/ledger.md. */
  const plain = (previous: Buffer, chain: string, seq: bigint, body: string): Buffer =>
    createHash('sha256').update(previous).update(`["${chain}","${seq}"]`).update(body).digest();

  const bodies = ['', '{"id":"a"}', '{"é":"𝒳…"}', 'x'.repeat(16_384), '€'.repeat(40_000), bodyOf(attemptEntry())];
  for (const body of bodies) {
    it(`is of the row before, its place and its text (${body.length} characters)`, () => {
      const first = linkHash(Buffer.alloc(0), 'gate-1', 1n, body);
      assert.deepEqual(first, plain(Buffer.alloc(0), 'gate-1', 1n, body));
      const later = linkHash(first, 'gate-1', 2n ** 40n, body);
      assert.deepEqual(later, plain(first, 'gate-1', 2n ** 40n, body));
      // A hash that was given out is not changed by the next.
      assert.deepEqual(first, plain(Buffer.alloc(0), 'gate-1', 1n, body));
    });
  }
});
