/** One vector of an embedding, as vendors that write numbers write it. */
import { Failure } from '../core/failure.ts';
import type { Json } from '../core/json.ts';

/** No model's vector is longer. */
const MAX_DIMENSIONS = 65_536;

/** @throws Failure `invalid_request` where it is no list of numbers */
export function readVector(value: Json | undefined): readonly number[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_DIMENSIONS || !value.every(Number.isFinite))
    throw new Failure('invalid_request', `no reply: a vector must be a list of 1 to ${MAX_DIMENSIONS} numbers`);
  return value as readonly number[]; // each was looked at
}
