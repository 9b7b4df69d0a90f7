/** Rego's order and equality of values. Pays for what it looks at, since few values can refer to each other very often. */

import { compareText } from '../rego-order.ts';
import { compareNumbers, Decimal, isNumber } from './decimal.ts';
import { charge, FUEL_PER_MEMBER } from './fuel.ts';
import { identityOf, keysOf, OTHERS, objectMember, type RegoObject, RegoSet } from './values.ts';

const RANK = { undefined: 0, null: 1, boolean: 2, number: 3, string: 4, array: 5, object: 6, set: 7 } as const;

function rankOf(value: unknown): number {
  switch (typeof value) {
    case 'undefined':
      return RANK.undefined;
    case 'boolean':
      return RANK.boolean;
    case 'number':
    case 'bigint':
      return RANK.number;
    case 'string':
      return RANK.string;
    default:
      if (value === null) return RANK.null;
      if (Array.isArray(value)) return RANK.array;
      if (value instanceof RegoSet) return RANK.set;
      return value instanceof Decimal ? RANK.number : RANK.object;
  }
}

/** @returns negative, 0 or positive; undefined comes first */
export function compare(left: unknown, right: unknown): number {
  if (left === right) return 0;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  const rank = rankOf(left);
  const difference = rank - rankOf(right);
  if (difference !== 0) return difference;
  if (typeof left === 'boolean') return left ? 1 : -1;
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (Array.isArray(left) && Array.isArray(right)) return compareLists(left, right);
  if (left instanceof RegoSet && right instanceof RegoSet) return compareLists(ordered(left), ordered(right));
  return compareObjects(left as RegoObject, right as RegoObject); // the one rank that is left
}

function compareLists(left: readonly unknown[], right: readonly unknown[]): number {
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at++) {
    charge(FUEL_PER_MEMBER);
    const order = compare(left[at], right[at]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareObjects(left: RegoObject, right: RegoObject): number {
  const leftKeys = orderedKeys(left);
  const rightKeys = orderedKeys(right);
  const shorter = Math.min(leftKeys.length, rightKeys.length);
  for (let at = 0; at < shorter; at++) {
    charge(FUEL_PER_MEMBER);
    const key = leftKeys[at];
    const order = compare(key, rightKeys[at]) || compare(objectMember(left, key), objectMember(right, key));
    if (order !== 0) return order;
  }
  return leftKeys.length - rightKeys.length;
}

/** Members of a set in Rego's order. */
export function ordered(set: RegoSet): readonly unknown[] {
  charge(RegoSet.sizeOf(set) * FUEL_PER_MEMBER);
  return RegoSet.ordered(set, compare);
}

/** Keys of an object in Rego's order. */
export function orderedKeys(object: RegoObject): unknown[] {
  const keys = keysOf(object);
  charge(keys.length * FUEL_PER_MEMBER);
  return keys.sort(compare);
}

/** As `compare(left, right) === 0`, sooner. */
export function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  const kind = typeof left;
  if (kind === 'string' || kind === 'boolean' || kind === 'undefined' || left === null) return false;
  const other = typeof right;
  if (other === 'string' || other === 'boolean' || other === 'undefined' || right === null) return false;
  if (kind === 'number' && other === 'number') return false;
  return equalComposites(left, right);
}

function equalComposites(left: unknown, right: unknown): boolean {
  if (isNumber(left)) return isNumber(right) && compareNumbers(left, right) === 0;
  if (isNumber(right)) return false;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    charge(left.length * FUEL_PER_MEMBER);
    for (let at = 0; at < left.length; at++) if (!equal(left[at], right[at])) return false;
    return true;
  }
  if (left instanceof RegoSet) {
    if (!(right instanceof RegoSet) || RegoSet.sizeOf(left) !== RegoSet.sizeOf(right)) return false;
    charge(RegoSet.sizeOf(left) * FUEL_PER_MEMBER);
    for (const member of RegoSet.members(left)) if (!RegoSet.has(right, member)) return false;
    return true;
  }
  if (Array.isArray(right) || right instanceof RegoSet) return false;
  return equalObjects(left as RegoObject, right as RegoObject); // the one kind that is left
}

function equalObjects(left: RegoObject, right: RegoObject): boolean {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  charge(keys.length * FUEL_PER_MEMBER);
  for (const key of keys) if (!equal(left[key], objectMember(right, key))) return false;
  const leftOthers = left[OTHERS];
  const rightOthers = right[OTHERS];
  if ((leftOthers?.size ?? 0) !== (rightOthers?.size ?? 0)) return false;
  for (const [key, value] of leftOthers?.values() ?? []) {
    charge(FUEL_PER_MEMBER);
    const entry = rightOthers?.get(identityOf(key));
    if (entry === undefined || !equal(value, entry[1])) return false;
  }
  return true;
}
