/** Values of a plan ⇄ what host builtins take and give (`../builtin.ts`). What has nothing to convert stays the same object. */
import { ExactNumber } from '../builtin.ts';
import { Decimal, numberOfText, toHostNumber } from './decimal.ts';
import { charge } from './fuel.ts';
import { ordered, orderedKeys } from './order.ts';
import { insert, OTHERS, objectMember, type RegoObject, RegoSet } from './values.ts';

/** Fuel per value that is handed over. */
const FUEL_PER_VALUE = 4;

export function toHost(value: unknown): unknown {
  charge(FUEL_PER_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return converted(value, toHost);
  if (value instanceof Decimal) return toHostNumber(value);
  if (value instanceof RegoSet) return new Set(ordered(value).map(toHost));
  const object = value as RegoObject; // none of the other kinds
  if (object[OTHERS] !== undefined) {
    return new Map(orderedKeys(object).map((key) => [toHost(key), toHost(objectMember(object, key))]));
  }
  return convertedMembers(object, toHost);
}

/** @returns undefined where the value, or a part of it, is none of Rego's, such as a number that is not finite */
export function fromHost(value: unknown): unknown {
  try {
    return value === undefined ? undefined : read(value);
  } catch (reason) {
    if (reason === NO_VALUE) return undefined;
    throw reason;
  }
}

const NO_VALUE = Symbol('a value that Rego does not have');

function read(value: unknown): unknown {
  charge(FUEL_PER_VALUE);
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value.isWellFormed() ? value : value.toWellFormed();
    case 'number':
      if (!Number.isFinite(value)) throw NO_VALUE;
      return value + 0;
    case 'bigint':
      return numberOfText(String(value));
    case 'object':
      return value === null ? null : readComposite(value);
    default:
      throw NO_VALUE;
  }
}

function readComposite(value: object): unknown {
  if (Array.isArray(value)) return converted(value, read);
  if (value instanceof ExactNumber) {
    const number = numberOfText(value.text);
    if (number === undefined) throw NO_VALUE;
    return number;
  }
  if (value instanceof Set) {
    const set = new RegoSet();
    for (const member of value) RegoSet.add(set, read(member));
    return set;
  }
  if (value instanceof Map) {
    const object: RegoObject = {};
    for (const [key, member] of value) insert(object, read(key), read(member));
    return object;
  }
  return convertedMembers(value as RegoObject, read); // a plain object: what else a builtin may give is handled above
}

function converted(list: readonly unknown[], convert: (value: unknown) => unknown): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (const [index, element] of list.entries()) {
    const made = convert(element);
    if (made !== element) copy ??= list.slice(0, index);
    copy?.push(made);
  }
  return copy ?? list;
}

function convertedMembers(object: RegoObject, convert: (value: unknown) => unknown): RegoObject {
  let copy: RegoObject | undefined;
  for (const key of Object.keys(object)) {
    const member = object[key];
    const made = convert(member);
    if (made === member) continue;
    copy ??= { ...object };
    insert(copy, key, made);
  }
  return copy ?? object;
}
