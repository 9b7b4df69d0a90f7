/** Counting, summing, ordering and searching collections; arrays. */
import { isNumber } from '../decimal.ts';
import { charge, FUEL_PER_COMPOSITE, FUEL_PER_MEMBER } from '../fuel.ts';
import { compare, equal, ordered } from '../order.ts';
import { isArray, isObject, keysOf, memberOf, objectMember, RegoSet, sizeOf } from '../values.ts';
import { multiply, plus } from './arithmetic.ts';
import { indexOf, type Native, type NativeEntries } from './native.ts';

/** Elements of an array or members of a set, in Rego's order; undefined for anything else. */
export function membersOf(value: unknown): readonly unknown[] | undefined {
  if (isArray(value)) return value;
  return value instanceof RegoSet ? ordered(value) : undefined;
}

const count = (value: unknown): unknown => {
  if (typeof value === 'string') return charactersIn(value);
  if (isArray(value)) return value.length;
  if (value instanceof RegoSet) return RegoSet.sizeOf(value);
  return isObject(value) ? sizeOf(value) : undefined;
};

const SURROGATE = /[\ud800-\udfff]/;

export function charactersIn(text: string): number {
  charge(text.length >> 3);
  if (!SURROGATE.test(text)) return text.length;
  let units = 0;
  for (const _ of text) units += 1;
  return units;
}

const folded =
  (start: number, step: (total: unknown, member: unknown) => unknown): Native =>
  (value) => {
    const members = membersOf(value);
    let total: unknown = members === undefined ? undefined : start;
    for (const member of members ?? []) {
      if (!isNumber(member)) return undefined;
      charge(FUEL_PER_MEMBER);
      total = step(total, member);
    }
    return total;
  };

const extreme =
  (sign: 1 | -1): Native =>
  (value) => {
    const members = isArray(value) ? value : value instanceof RegoSet ? RegoSet.members(value) : [];
    let best: unknown;
    for (const member of members) {
      charge(FUEL_PER_MEMBER);
      if (best === undefined || compare(best, member) * sign < 0) best = member;
    }
    return best;
  };

const sort = (value: unknown): unknown => {
  if (value instanceof RegoSet) return [...ordered(value)];
  if (!isArray(value)) return undefined;
  charge(value.length * FUEL_PER_MEMBER + FUEL_PER_COMPOSITE);
  return [...value].sort(compare);
};

const all = (value: unknown): unknown => membersOf(value)?.every((member) => member === true);
const any = (value: unknown): unknown => membersOf(value)?.some((member) => member === true);

const isMember = (value: unknown, collection: unknown): unknown => {
  if (collection instanceof RegoSet) return RegoSet.has(collection, value);
  if (isArray(collection)) {
    charge(collection.length);
    for (const element of collection) if (equal(element, value)) return true;
    return false;
  }
  if (!isObject(collection)) return false;
  charge(sizeOf(collection));
  return keysOf(collection).some((key) => equal(objectMember(collection, key), value));
};

const isMemberAt = (key: unknown, value: unknown, collection: unknown): unknown => {
  const member = memberOf(collection, key);
  return member !== undefined && equal(member, value);
};

const concat = (left: unknown, right: unknown): unknown => {
  if (!isArray(left) || !isArray(right)) return undefined;
  charge(left.length + right.length + FUEL_PER_COMPOSITE);
  return [...left, ...right];
};

const flatten = (value: unknown): unknown => {
  if (!isArray(value)) return undefined;
  const flat = value.flat(1);
  charge(flat.length + FUEL_PER_COMPOSITE);
  return flat;
};

const slice = (value: unknown, from: unknown, to: unknown): unknown => {
  if (!isArray(value) || !isNumber(from) || !isNumber(to)) return undefined;
  const [start, stop] = [indexOf(from), indexOf(to)];
  if (start === undefined || stop === undefined) return undefined;
  const end = Math.min(Math.max(stop, 0), value.length);
  const part = value.slice(Math.min(Math.max(start, 0), end), end);
  charge(part.length + FUEL_PER_COMPOSITE);
  return part;
};

const reverse = (value: unknown): unknown => {
  if (!isArray(value)) return undefined;
  charge(value.length + FUEL_PER_COMPOSITE);
  return value.toReversed();
};

export const COLLECTIONS: NativeEntries = [
  ['count', count],
  ['sum', folded(0, plus)],
  ['product', folded(1, multiply)],
  ['max', extreme(1)],
  ['min', extreme(-1)],
  ['sort', sort],
  ['all', all],
  ['any', any],
  ['internal.member_2', isMember],
  ['internal.member_3', isMemberAt],
  ['array.concat', concat],
  ['array.flatten', flatten],
  ['array.slice', slice],
  ['array.reverse', reverse],
];
