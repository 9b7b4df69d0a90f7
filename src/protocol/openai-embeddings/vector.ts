/** A vector as a list of floats ⇄ base64 of 32-bit floats, little-endian, as OpenAI writes them. */
import { invalid } from '../fields.ts';

const FLOAT_BYTES = 4;

/** @throws Failure `invalid_request` where it is no such base64 */
export function floatsOf(vector: readonly number[] | string, at: string): readonly number[] {
  if (typeof vector !== 'string') return vector;
  const bytes = Buffer.from(vector, 'base64');
  if (bytes.length === 0 || bytes.length % FLOAT_BYTES !== 0 || bytes.toString('base64') !== vector) {
    throw invalid(at, 'must be base64 of 32-bit floats');
  }
  const floats = new Array<number>(bytes.length / FLOAT_BYTES);
  for (let index = 0; index < floats.length; index += 1) floats[index] = bytes.readFloatLE(index * FLOAT_BYTES);
  return floats;
}

/** Rounded to 32 bits, as vendors compute them. */
export function base64Of(vector: readonly number[] | string): string {
  if (typeof vector === 'string') return vector;
  const bytes = Buffer.allocUnsafe(vector.length * FLOAT_BYTES);
  for (let index = 0; index < vector.length; index += 1) bytes.writeFloatLE(vector[index] ?? 0, index * FLOAT_BYTES);
  return bytes.toString('base64');
}
