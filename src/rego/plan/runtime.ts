/** What generated code calls by name. Everything it can reach is in `RUNTIME`; it sees nothing else of this process. */
import { PolicyAbort } from '../stopped.ts';
import { charge, FUEL_PER_MEMBER, fuel, spent } from './fuel.ts';
import { compare, equal, ordered, orderedKeys } from './order.ts';
import {
  insert,
  isObject,
  keysOf,
  memberOf,
  OTHERS,
  objectMember,
  type RegoObject,
  RegoSet,
  shallowCopy,
  sizeOf,
} from './values.ts';

const NOTHING: readonly unknown[] = [];

/** Only a set answers a text key that no property has: `set["x"]` is `"x"` where it is a member. */
function memberOfSet(collection: unknown, key: string): unknown {
  return collection instanceof RegoSet && RegoSet.has(collection, key) ? key : undefined;
}

function addTo(set: RegoSet, value: unknown): void {
  RegoSet.add(set, value);
}

function makeSet(): RegoSet {
  return new RegoSet();
}

function isSet(value: unknown): boolean {
  return value instanceof RegoSet;
}

function insertOnce(object: RegoObject, key: unknown, value: unknown, place: string): void {
  const present = objectMember(object, key);
  if (present === undefined) insert(object, key, value);
  else if (!equal(present, value)) throw new PolicyAbort(`${place}: object insert conflict`);
}

function assignConflict(place: string): never {
  throw new PolicyAbort(`${place}: var assignment conflict`);
}

/** Keys of an object and members of a set, in no order that counts. */
function keysIn(collection: unknown): readonly unknown[] {
  if (collection instanceof RegoSet) return paid([...RegoSet.members(collection)]);
  return isObject(collection) ? paid(keysOf(collection)) : NOTHING;
}

function keysInOrder(collection: unknown): readonly unknown[] {
  if (collection instanceof RegoSet) return ordered(collection);
  return isObject(collection) ? orderedKeys(collection) : NOTHING;
}

/** Values under the keys that `keysIn` gave. */
function valuesAt(collection: unknown, keys: readonly unknown[]): readonly unknown[] {
  if (!isObject(collection)) return keys;
  return keys.map((key) => objectMember(collection, key));
}

function valuesIn(collection: unknown): readonly unknown[] {
  if (!isObject(collection)) return keysIn(collection);
  const values = paid(Object.values(collection));
  const others = collection[OTHERS];
  if (others !== undefined) for (const [, value] of others.values()) values.push(value);
  return values;
}

function valuesInOrder(collection: unknown): readonly unknown[] {
  return valuesAt(collection, keysInOrder(collection));
}

function paid<T>(list: T[]): T[] {
  charge(list.length);
  return list;
}

/** Objects merged member by member; where they meet, what is no object on the left wins. */
function merge(left: unknown, right: unknown): unknown {
  if (left === undefined) return right;
  if (!isObject(left) || !isObject(right)) return left;
  const merged = shallowCopy(left);
  for (const key of paid(keysOf(right))) {
    charge(FUEL_PER_MEMBER);
    insert(merged, key, merge(objectMember(left, key), objectMember(right, key)));
  }
  charge(sizeOf(left) * FUEL_PER_MEMBER);
  return merged;
}

/** A copy of a document with another value at the path; what is no object on the way there gives way to one. */
function upsert(document: unknown, path: readonly string[], value: unknown): unknown {
  const root: RegoObject = isObject(document) ? shallowCopy(document) : {};
  charge(sizeOf(root) * FUEL_PER_MEMBER);
  let at = root;
  for (const [depth, key] of path.entries()) {
    if (depth === path.length - 1) {
      insert(at, key, value);
      continue;
    }
    const present = objectMember(at, key);
    const next: RegoObject = isObject(present) ? shallowCopy(present) : {};
    charge(sizeOf(next) * FUEL_PER_MEMBER);
    insert(at, key, next);
    at = next;
  }
  return root;
}

/** As OPA counts: members, or bytes of a text. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof RegoSet) return RegoSet.sizeOf(value);
  return isObject(value) ? sizeOf(value) : 0;
}

export const RUNTIME = {
  F: fuel,
  spent,
  equal,
  compare,
  memberOf,
  memberOfSet,
  addTo,
  makeSet,
  isSet,
  isObject,
  insert,
  insertOnce,
  assignConflict,
  keysIn,
  keysInOrder,
  valuesAt,
  valuesIn,
  valuesInOrder,
  merge,
  upsert,
  lengthOf,
} as const;
