/** Rego's order of values: null, booleans, numbers, strings, arrays, objects, sets. */
import { ExactNumber } from './builtin.ts';

/** @returns negative, 0 or positive. Sets may be `Set` or, in a result, arrays in Rego's order. */
export function compareRego(a: unknown, b: unknown): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  if (a instanceof Set && b instanceof Set) return compareLists([...a], [...b]);
  return compareEntries(sortedEntries(a), sortedEntries(b));
}

type Numeric = number | bigint | ExactNumber;

function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof ExactNumber;
}

function rankOf(value: unknown): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (isNumeric(value)) return 2;
  if (typeof value === 'string') return 3;
  if (Array.isArray(value)) return 4;
  return value instanceof Set ? 6 : 5;
}

function compareNumbers(a: Numeric, b: Numeric): number {
  const left = a instanceof ExactNumber ? Number(a.text) : a;
  const right = b instanceof ExactNumber ? Number(b.text) : b;
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

const SURROGATE = /[\ud800-\udfff]/;

/** By code point, as UTF-8 sorts; JavaScript's own order differs where surrogates are. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const order = compareRego(a[at], b[at]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

type Entry = readonly [unknown, unknown];

function sortedEntries(value: unknown): Entry[] {
  const entries: Entry[] = value instanceof Map ? [...value] : Object.entries(value ?? {});
  return entries.sort((a, b) => compareRego(a[0], b[0]));
}

function compareEntries(a: readonly Entry[], b: readonly Entry[]): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const order = compareRego(a[at]?.[0], b[at]?.[0]) || compareRego(a[at]?.[1], b[at]?.[1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
