/** Sets: union, intersection and difference, of two or of a set of them. */
import { charge, FUEL_PER_ENTRY, FUEL_PER_MEMBER } from '../fuel.ts';
import { RegoSet } from '../values.ts';
import type { NativeEntries } from './native.ts';

export function setOf(members: Iterable<unknown>): RegoSet {
  const set = new RegoSet();
  for (const member of members) {
    charge(FUEL_PER_ENTRY);
    RegoSet.add(set, member);
  }
  return set;
}

function* chosen(set: RegoSet, accepts: (member: unknown) => boolean): Generator<unknown> {
  for (const member of RegoSet.members(set)) {
    charge(FUEL_PER_MEMBER);
    if (accepts(member)) yield member;
  }
}

export function difference(left: RegoSet, right: RegoSet): RegoSet {
  return setOf(chosen(left, (member) => !RegoSet.has(right, member)));
}

function intersected(left: RegoSet, right: RegoSet): RegoSet {
  const [small, large] = RegoSet.sizeOf(right) < RegoSet.sizeOf(left) ? [right, left] : [left, right];
  return setOf(chosen(small, (member) => RegoSet.has(large, member)));
}

function united(left: RegoSet, right: RegoSet): RegoSet {
  const set = setOf(RegoSet.members(left));
  for (const member of RegoSet.members(right)) {
    charge(FUEL_PER_ENTRY);
    RegoSet.add(set, member);
  }
  return set;
}

const ofTwo =
  (combine: (left: RegoSet, right: RegoSet) => RegoSet) =>
  (left: unknown, right: unknown): unknown =>
    left instanceof RegoSet && right instanceof RegoSet ? combine(left, right) : undefined;

const ofMany =
  (combine: (left: RegoSet, right: RegoSet) => RegoSet) =>
  (sets: unknown): unknown => {
    if (!(sets instanceof RegoSet)) return undefined;
    let all: RegoSet | undefined;
    for (const set of RegoSet.members(sets)) {
      if (!(set instanceof RegoSet)) return undefined;
      all = all === undefined ? set : combine(all, set);
    }
    return all ?? new RegoSet();
  };

export const SETS: NativeEntries = [
  ['set_diff', ofTwo(difference)],
  ['and', ofTwo(intersected)],
  ['or', ofTwo(united)],
  ['intersection', ofMany(intersected)],
  ['union', ofMany(united)],
];
