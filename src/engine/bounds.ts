/** Bounds of a raw input document: what no schema describes is still limited in depth, count and length. */
import { Failure } from '../core/failure.ts';

export const MAX_DEPTH = 32;
export const MAX_VALUES = 20_000;
export const MAX_STRING_LENGTH = 65_536;

/**
 * Walks a JSON value without recursion deeper than the bound.
 * @throws Failure `too_large` that names the bound
 */
export function checkBounds(value: unknown): void {
  let values = 0;
  const visit = (item: unknown, depth: number): void => {
    values += 1;
    if (values > MAX_VALUES) throw new Failure('too_large', `input: more than ${MAX_VALUES} values`);
    if (typeof item === 'string' && item.length > MAX_STRING_LENGTH) {
      throw new Failure('too_large', `input: a string of ${item.length} characters, at most ${MAX_STRING_LENGTH}`);
    }
    if (typeof item !== 'object' || item === null) return;
    if (depth >= MAX_DEPTH) throw new Failure('too_large', `input: nested deeper than ${MAX_DEPTH}`);
    const members: readonly unknown[] = Array.isArray(item) ? item : Object.values(item);
    for (const member of members) visit(member, depth + 1);
  };
  visit(value, 0);
}
