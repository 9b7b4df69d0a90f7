/**
 * Rego's values as generated code holds them, chosen so that JSON needs no conversion:
 *   null, boolean, string   themselves
 *   number                  `number`, `bigint` or `Decimal`, see `decimal.ts`
 *   array                   array
 *   object                  an object whose own properties are its text keys; entries under other keys lie in a Map at
 *                           `OTHERS`. Whoever reads a key that could be on `Object.prototype` goes through `memberOf`.
 *   set                     `RegoSet`
 * `undefined` is Rego's undefined. Values never change once something else can see them.
 */
import { Decimal, numberIdentity } from './decimal.ts';
import { charge } from './fuel.ts';

/** Entries of an object by the identity of their key: those whose key is no text. */
export const OTHERS: unique symbol = Symbol('entries under keys that are no text');

export type OtherEntries = Map<unknown, readonly [key: unknown, value: unknown]>;

export interface RegoObject {
  [key: string]: unknown;
  [OTHERS]?: OtherEntries;
}

/** Its members are private, so that no key of a policy can meet them. */
export class RegoSet {
  readonly #members = new Map<unknown, unknown>();
  #ordered: readonly unknown[] | undefined;

  static add(set: RegoSet, value: unknown): void {
    set.#members.set(identityOf(value), value);
    set.#ordered = undefined;
  }

  static has(set: RegoSet, value: unknown): boolean {
    return set.#members.has(identityOf(value));
  }

  static sizeOf(set: RegoSet): number {
    return set.#members.size;
  }

  /** In the order in which they came. */
  static members(set: RegoSet): IterableIterator<unknown> {
    return set.#members.values();
  }

  /** In Rego's order. */
  static ordered(set: RegoSet, compare: (a: unknown, b: unknown) => number): readonly unknown[] {
    set.#ordered ??= [...set.#members.values()].sort(compare);
    return set.#ordered;
  }
}

const OBJECT_PROTOTYPE: unknown = Object.prototype;

export function isObject(value: unknown): value is RegoObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof RegoSet) &&
    !(value instanceof Decimal)
  );
}

export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** The member of an object, element of an array or member of a set; undefined where there is none. */
export function memberOf(collection: unknown, key: unknown): unknown {
  if (typeof collection !== 'object' || collection === null) return undefined;
  if (Array.isArray(collection)) return typeof key === 'number' ? collection[key] : undefined;
  if (collection instanceof RegoSet) return RegoSet.has(collection, key) ? key : undefined;
  if (collection instanceof Decimal) return undefined;
  return objectMember(collection as RegoObject, key); // none of the other kinds
}

export function objectMember(object: RegoObject, key: unknown): unknown {
  if (typeof key !== 'string') return object[OTHERS]?.get(identityOf(key))?.[1];
  const value = object[key];
  // No value of Rego is a function or the prototype: those are not the object's own.
  return typeof value === 'function' || value === OBJECT_PROTOTYPE ? undefined : value;
}

export function insert(object: RegoObject, key: unknown, value: unknown): void {
  if (typeof key !== 'string') {
    object[OTHERS] ??= new Map();
    object[OTHERS].set(identityOf(key), [key, value]);
  } else if (key === '__proto__') {
    // Assigning would set the prototype; defining makes an own property like any other.
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}

export function keysOf(object: RegoObject): unknown[] {
  const keys: unknown[] = Object.keys(object);
  const others = object[OTHERS];
  if (others !== undefined) for (const [key] of others.values()) keys.push(key);
  return keys;
}

export function sizeOf(object: RegoObject): number {
  return Object.keys(object).length + (object[OTHERS]?.size ?? 0);
}

export function shallowCopy(object: RegoObject): RegoObject {
  const copy: RegoObject = { ...object };
  const others = object[OTHERS];
  if (others !== undefined) copy[OTHERS] = new Map(others);
  return copy;
}

/** Equal for equal values and for no others, as a Map compares: what sets and keys that are no text are found by. */
export function identityOf(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return value.charCodeAt(0) === 0 ? `\u0000s${value}` : value;
    case 'bigint':
      return numberIdentity(value);
    case 'object':
      if (value === null) return null;
      if (value instanceof Decimal) return numberIdentity(value);
      return `\u0000${textOf(value)}`;
    default:
      return value;
  }
}

/** Fuel for a value that is part of the identity of another. */
const FUEL_PER_NAMED = 8;

/** A text that only equal values share; lengths before texts keep what lies beside each other apart. */
function textOf(value: unknown): string {
  charge(FUEL_PER_NAMED);
  if (typeof value === 'string') {
    charge(value.length >> 4);
    return `${value.length}:${value}`;
  }
  if (typeof value !== 'object' || value === null) return `${String(identityOf(value))},`;
  if (value instanceof Decimal) return `${String(numberIdentity(value))},`;
  if (Array.isArray(value)) return `[${value.map(textOf).join('')}]`;
  if (value instanceof RegoSet) return `<${[...RegoSet.members(value)].map(textOf).sort().join('')}>`;
  const object = value as RegoObject; // none of the other kinds
  const entries = keysOf(object).map((key) => `${textOf(key)}=${textOf(objectMember(object, key))}`);
  return `{${entries.sort().join('')}}`;
}
