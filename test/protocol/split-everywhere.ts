/** Streams are cut where the network likes: every case is fed whole, byte by byte, and cut at random. */
import assert from 'node:assert/strict';
import fc from 'fast-check';

/**
 * @param read feeds the chunks to something new, and tells what came of it; it may keep nothing of a chunk, since the
 *   bytes of each are overwritten once it was fed
 * @returns what came of the whole, and of every other way to cut it
 */
export function readSplitEverywhere<Result>(
  bytes: Uint8Array,
  read: (chunks: Iterable<Uint8Array>) => Result,
  options: { readonly runs?: number } = {},
): Result {
  const whole = read([Buffer.from(bytes)]);
  assert.deepEqual(read(pieces(bytes, everyByte(bytes.length))), whole, 'cut behind every byte');
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
      assert.deepEqual(read(pieces(bytes, cuts)), whole, `cut at ${cuts}`);
    }),
    { numRuns: options.runs ?? 60 },
  );
  return whole;
}

const everyByte = (length: number): readonly number[] => Array.from({ length }, (_, at) => at);

/** Each in one buffer of its own that is overwritten behind it. */
function* pieces(bytes: Uint8Array, cuts: readonly number[]): Generator<Uint8Array> {
  const ends = [...cuts].sort((one, other) => one - other);
  ends.push(bytes.length);
  let start = 0;
  for (const end of ends) {
    const piece = Buffer.from(bytes.subarray(start, end));
    yield piece;
    piece.fill(0x21);
    start = end;
  }
}
