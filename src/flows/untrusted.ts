/** The first look at a value off the wire: whether it has fields at all. What they hold is still unknown. */
import { Failure } from '../core/failure.ts';

export type UnknownRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is UnknownRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws Failure `invalid_request` that names the value */
export function requireRecord(name: string, value: unknown): UnknownRecord {
  if (!isRecord(value)) throw new Failure('invalid_request', `${name}: must be an object`);
  return value;
}
