/** object.*: reading by key or path, joining, and choosing by key. */
import { charge, FUEL_PER_COMPOSITE, FUEL_PER_ENTRY, FUEL_PER_MEMBER } from '../fuel.ts';
import {
  insert,
  isArray,
  isObject,
  keysOf,
  memberOf,
  objectMember,
  type RegoObject,
  RegoSet,
  shallowCopy,
  sizeOf,
} from '../values.ts';
import type { NativeEntries } from './native.ts';
import { setOf } from './sets.ts';

/** Under a key, or along a path; what is missing on the way gives the default. */
const get = (object: unknown, key: unknown, fallback: unknown): unknown => {
  if (!isObject(object)) return undefined;
  if (!isArray(key)) {
    const member = objectMember(object, key);
    return member === undefined ? fallback : member;
  }
  let at: unknown = object;
  for (const part of key) {
    charge(FUEL_PER_MEMBER);
    at = memberOf(at, part);
    if (at === undefined) return fallback;
  }
  return at;
};

const keys = (object: unknown): unknown => (isObject(object) ? setOf(keysOf(object)) : undefined);

/** Members of both; where both have one, objects are joined and anything else is the right one's. */
function united(left: RegoObject, right: RegoObject): RegoObject {
  const all = shallowCopy(left);
  charge(sizeOf(left) * FUEL_PER_MEMBER + FUEL_PER_COMPOSITE);
  for (const key of keysOf(right)) {
    charge(FUEL_PER_ENTRY);
    const [before, after] = [objectMember(left, key), objectMember(right, key)];
    insert(all, key, isObject(before) && isObject(after) ? united(before, after) : after);
  }
  return all;
}

const union = (left: unknown, right: unknown): unknown =>
  isObject(left) && isObject(right) ? united(left, right) : undefined;

const unionOfMany = (objects: unknown): unknown => {
  if (!isArray(objects)) return undefined;
  let all: RegoObject = {};
  for (const object of objects) {
    if (!isObject(object)) return undefined;
    all = united(all, object);
  }
  return all;
};

/** Keys of an object, members of a set or elements of an array: what names the entries to keep or to drop. */
function namesIn(value: unknown): Iterable<unknown> | undefined {
  if (isArray(value)) return value;
  if (value instanceof RegoSet) return RegoSet.members(value);
  return isObject(value) ? keysOf(value) : undefined;
}

const filter = (object: unknown, names: unknown): unknown => {
  const wanted = namesIn(names);
  if (!isObject(object) || wanted === undefined) return undefined;
  const kept: RegoObject = {};
  for (const key of wanted) {
    charge(FUEL_PER_ENTRY);
    const value = objectMember(object, key);
    if (value !== undefined) insert(kept, key, value);
  }
  return kept;
};

const remove = (object: unknown, names: unknown): unknown => {
  const unwanted = namesIn(names);
  if (!isObject(object) || unwanted === undefined) return undefined;
  const dropped = setOf(unwanted);
  const kept: RegoObject = {};
  for (const key of keysOf(object)) {
    charge(FUEL_PER_ENTRY);
    if (!RegoSet.has(dropped, key)) insert(kept, key, objectMember(object, key));
  }
  return kept;
};

export const OBJECTS: NativeEntries = [
  ['object.get', get],
  ['object.keys', keys],
  ['object.union', union],
  ['object.union_n', unionOfMany],
  ['object.filter', filter],
  ['object.remove', remove],
];
