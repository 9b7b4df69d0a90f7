/** Vectors that say how much two texts have in common: every word adds a direction of its own. Length 1. */
import type { EmbeddingRequest } from '../../core/generation.ts';

const STANDARD_DIMENSIONS = 256;
const MOST_DIMENSIONS = 4096;
/** Words of one input that count: fewer where there are many inputs, so that the whole stays a matter of milliseconds. */
const MOST_WORDS = 512;
const MOST_STEPS = 20_000_000;

export function vectorsFor(request: EmbeddingRequest): readonly (readonly number[] | string)[] {
  const dimensions = Math.min(Math.max(request.dimensions ?? STANDARD_DIMENSIONS, 1), MOST_DIMENSIONS);
  const steps = Math.floor(MOST_STEPS / (dimensions * Math.max(1, request.inputs.length)));
  const words = Math.min(Math.max(1, steps), MOST_WORDS);
  return request.inputs.map((input) => {
    const vector = vectorOf(input, dimensions, words);
    return request.encoding === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
  });
}

function vectorOf(input: string | readonly number[], dimensions: number, mostWords: number): Float32Array {
  const words = typeof input === 'string' ? (input.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) : input.map(String);
  const sum = new Float64Array(dimensions);
  // Also what has no words has a direction.
  for (const word of ['', ...words.slice(0, mostWords)]) {
    let state = hashOf(word) | 1;
    const weight = word === '' ? 0.01 : 1;
    for (let at = 0; at < dimensions; at++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      sum[at] = (sum[at] ?? 0) + (weight * state) / 2 ** 31;
    }
  }
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => value / length);
}

/** FNV-1a, 32 bits. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash;
}
