/**
 * Rego's values as `../builtin.ts` hands them to builtins: telling them apart, ordering, building and walking them.
 * Owns: the order and equality of values. May import: `../builtin.ts` and the numbers beside it.
 * Fails: never; a value that is none of Rego's sorts last and equals only itself.
 */
import { ExactNumber } from '../builtin.ts';
import { compareNumbers, isNumeric } from './number.ts';

/** A Rego object: a plain object where every key is a string, else a Map. */
export type ObjectValue = Readonly<Record<string, unknown>> | ReadonlyMap<unknown, unknown>;

export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isSet(value: unknown): value is ReadonlySet<unknown> {
  return value instanceof Set;
}

export function isObject(value: unknown): value is ObjectValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Set) &&
    !(value instanceof ExactNumber)
  );
}

/** Rank of each kind in Rego's order: null < booleans < numbers < strings < arrays < objects < sets. */
function rankOf(value: unknown): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (isNumeric(value)) return 2;
  if (typeof value === 'string') return 3;
  if (isArray(value)) return 4;
  return isSet(value) ? 6 : 5;
}

/** By Unicode code point, as Go orders UTF-8 bytes; JavaScript's own `<` orders UTF-16 units. */
export function compareStrings(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i += 1) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a === b) continue;
    const aSurrogate = a >= 0xd800 && a <= 0xdfff;
    const bSurrogate = b >= 0xd800 && b <= 0xdfff;
    if (aSurrogate !== bSurrogate) return aSurrogate ? 1 : -1;
    return a < b ? -1 : 1;
  }
  return left.length < right.length ? -1 : 1;
}

/** Rego's total order over values: negative, zero or positive. */
export function compareValues(left: unknown, right: unknown): number {
  if (left === right) return 0;
  const rank = rankOf(left);
  const difference = rank - rankOf(right);
  if (difference !== 0) return difference;
  if (typeof left === 'boolean') return left ? 1 : -1;
  if (isNumeric(left) && isNumeric(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right);
  if (isArray(left) && isArray(right)) return compareSequences(left, right);
  if (isSet(left) && isSet(right)) return compareSequences([...left], [...right]);
  if (isObject(left) && isObject(right)) return compareObjects(left, right);
  return 0;
}

function compareSequences(left: readonly unknown[], right: readonly unknown[]): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i += 1) {
    const order = compareValues(left[i], right[i]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareObjects(left: ObjectValue, right: ObjectValue): number {
  const leftEntries = entriesOf(left);
  const rightEntries = entriesOf(right);
  const length = Math.min(leftEntries.length, rightEntries.length);
  for (let i = 0; i < length; i += 1) {
    const order =
      compareValues(leftEntries[i]?.[0], rightEntries[i]?.[0]) ||
      compareValues(leftEntries[i]?.[1], rightEntries[i]?.[1]);
    if (order !== 0) return order;
  }
  return leftEntries.length - rightEntries.length;
}

export function equalValues(left: unknown, right: unknown): boolean {
  return compareValues(left, right) === 0;
}

/** Keys and values, in Rego's order of the keys. */
export function entriesOf(object: ObjectValue): Array<[unknown, unknown]> {
  const entries: Array<[unknown, unknown]> = object instanceof Map ? [...object.entries()] : Object.entries(object);
  return entries.sort((a, b) => compareValues(a[0], b[0]));
}

/** The member of that key, or undefined where there is none. */
export function memberOf(object: ObjectValue, key: unknown): unknown {
  if (object instanceof Map) {
    if (typeof key === 'string' || typeof key === 'boolean' || key === null) return object.get(key);
    for (const [candidate, value] of object) if (equalValues(candidate, key)) return value;
    return undefined;
  }
  if (typeof key !== 'string' || !Object.hasOwn(object, key)) return undefined;
  // A plain object has string keys only, and the key is its own: the index signature is all that it has.
  return (object as Readonly<Record<string, unknown>>)[key];
}

/** An object of entries whose keys are distinct: plain where every key is a string, else a Map in Rego's order. */
export function objectOf(entries: ReadonlyArray<readonly [unknown, unknown]>): ObjectValue {
  if (!entries.every(([key]) => typeof key === 'string')) {
    return new Map([...entries].sort((a, b) => compareValues(a[0], b[0])));
  }
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    // Assigning `__proto__` would set the prototype; defining it makes an own property like any other.
    if (key === '__proto__') {
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    } else object[String(key)] = value;
  }
  return object;
}

/** A set: sorted in Rego's order, equal members once. */
export function setOf(members: readonly unknown[]): ReadonlySet<unknown> {
  const sorted = [...members].sort(compareValues);
  return new Set(sorted.filter((member, i) => i === 0 || !equalValues(member, sorted[i - 1])));
}

/** Whether a set holds a value that is equal in Rego's sense. */
export function setHas(set: ReadonlySet<unknown>, value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return set.has(value);
  for (const member of set) if (equalValues(member, value)) return true;
  return false;
}

/** Rego's name of a value's type, as its error messages and `type_name` say it. */
export function typeName(value: unknown): string {
  return ['null', 'boolean', 'number', 'string', 'array', 'object', 'set'][rankOf(value)] ?? 'object';
}
