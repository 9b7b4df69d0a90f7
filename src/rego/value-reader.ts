/**
 * Reads values where they lie in a policy's memory, instead of having the policy write JSON and parsing that again: about a
 * fifth of the cost. The layout is that of OPA's `value.h`, which is no part of its ABI, so `value-probe.ts` compares it with
 * the module's own JSON before it is used.
 */

import type { Address } from './abi.ts';
import { ExactNumber } from './builtin.ts';
import { compareRego } from './rego-order.ts';
import { createTextCache } from './text-cache.ts';

export interface ValueReader {
  /** As JSON would have it: numbers are doubles, sets are arrays in Rego's order, keys are text. */
  result(value: Address): unknown;
  /** With nothing lost, as `builtin.ts` describes. */
  operand(value: Address): unknown;
  /** Values read since the last call; strings count by their length too. */
  takeCount(): number;
}

/** Thrown when a value has more members than `valuesMax` in all: a few values may refer to each other very often. */
export class TooManyValues extends Error {}

/** Thrown when the memory does not hold what the layout says. */
export class LayoutError extends Error {}

const TYPE = {
  null: 1,
  boolean: 2,
  number: 3,
  string: 4,
  array: 5,
  object: 6,
  set: 7,
  internedString: 8,
  internedBoolean: 9,
} as const;

const INTEGER = 1;
const ZERO = 0x30;
const TWO_32 = 4_294_967_296;

/** A text of so many digits is an integer that a double says exactly. */
const SAFE_DIGITS = 15;

/** Characters that count as one value. */
const CHARACTERS_PER_VALUE = 64;

export interface ReaderOptions {
  /** Values below this address never change, so their text is decoded once. */
  readonly staticEnd: Address;
  readonly valuesMax: number;
  /** JSON text of a value, for keys that are not text. */
  readonly jsonOf: (value: Address) => string;
}

export function createValueReader(memory: WebAssembly.Memory, options: ReaderOptions): ValueReader {
  const { staticEnd, valuesMax, jsonOf } = options;
  const texts = new Map<Address, string>();
  const view = new DataView(memory.buffer);
  const bytes = Buffer.from(memory.buffer);
  let left = valuesMax;
  const shortText = createTextCache((at, end) => bytes.toString('utf8', at, end));

  function u32(at: number): number {
    return view.getUint32(at, true);
  }

  function text(value: Address): string {
    if (value >= staticEnd) return decode(value);
    const known = texts.get(value);
    if (known !== undefined) return known;
    const decoded = decode(value);
    texts.set(value, decoded);
    return decoded;
  }

  function decode(value: Address): string {
    const length = u32(value + 4);
    const at = u32(value + 8);
    if (length > CHARACTERS_PER_VALUE) left -= Math.floor(length / CHARACTERS_PER_VALUE);
    return shortText(bytes, at, at + length);
  }

  function double(value: Address): number {
    if (bytes[value + 1] === INTEGER) return view.getInt32(value + 12, true) * TWO_32 + u32(value + 8);
    const at = u32(value + 8);
    const length = u32(value + 12);
    if (length > SAFE_DIGITS) return Number(numberText(value));
    let whole = 0;
    for (let index = at; index < at + length; index++) {
      const digit = (bytes[index] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) return Number(numberText(value));
      whole = whole * 10 + digit;
    }
    return whole;
  }

  function numberText(value: Address): string {
    const at = u32(value + 8);
    return bytes.toString('latin1', at, at + u32(value + 12));
  }

  function exactNumber(value: Address): number | bigint | ExactNumber {
    if (bytes[value + 1] === INTEGER) {
      const integer = view.getBigInt64(value + 8, true);
      const short = Number(integer);
      return Number.isSafeInteger(short) ? short : integer;
    }
    return numberOf(numberText(value));
  }

  function count(): void {
    if (--left < 0) throw new TooManyValues();
  }

  function result(value: Address): unknown {
    count();
    const type = bytes[value];
    switch (type) {
      case TYPE.string:
      case TYPE.internedString:
        return text(value);
      case TYPE.number:
        return double(value);
      case TYPE.object:
        return objectResult(value);
      case TYPE.array:
        return array(value, result);
      case TYPE.set:
        return orderedResults(members(value));
      default:
        return scalar(value, type);
    }
  }

  function operand(value: Address): unknown {
    count();
    const type = bytes[value];
    switch (type) {
      case TYPE.string:
      case TYPE.internedString:
        return text(value);
      case TYPE.number:
        return exactNumber(value);
      case TYPE.object:
        return objectOperand(value);
      case TYPE.array:
        return array(value, operand);
      case TYPE.set:
        return new Set(members(value).map(operand).sort(compareRego));
      default:
        return scalar(value, type);
    }
  }

  function scalar(value: Address, type: number | undefined): boolean | null {
    switch (type) {
      case TYPE.null:
        return null;
      case TYPE.boolean:
      case TYPE.internedBoolean:
        return bytes[value + 1] !== 0;
      default:
        throw new LayoutError(`value of type ${type} at ${value}`);
    }
  }

  function array(value: Address, read: (member: Address) => unknown): unknown[] {
    const elements = u32(value + 4);
    const length = u32(value + 8);
    const found: unknown[] = [];
    for (let index = 0; index < length; index++) found.push(read(u32(elements + 8 * index + 4)));
    return found;
  }

  function objectResult(value: Address): Record<string, unknown> {
    const buckets = u32(value + 4);
    const end = buckets + 4 * u32(value + 8);
    const object: Record<string, unknown> = {};
    for (let bucket = buckets; bucket < end; bucket += 4) {
      for (let element = u32(bucket); element !== 0; element = u32(element + 8)) {
        const key = u32(element);
        const member = result(u32(element + 4));
        const name = isText(key) ? text(key) : jsonOf(key);
        if (name === '__proto__') define(object, name, member);
        else object[name] = member;
      }
    }
    return object;
  }

  function objectOperand(value: Address): Record<string, unknown> | Map<unknown, unknown> {
    const buckets = u32(value + 4);
    const end = buckets + 4 * u32(value + 8);
    const entries: [unknown, unknown][] = [];
    let named = true;
    for (let bucket = buckets; bucket < end; bucket += 4) {
      for (let element = u32(bucket); element !== 0; element = u32(element + 8)) {
        const key = u32(element);
        named &&= isText(key);
        entries.push([operand(key), operand(u32(element + 4))]);
      }
    }
    entries.sort((a, b) => compareRego(a[0], b[0]));
    if (!named) return new Map(entries);
    const object: Record<string, unknown> = {};
    for (const [key, member] of entries) define(object, String(key), member);
    return object;
  }

  function isText(value: Address): boolean {
    const type = bytes[value];
    return type === TYPE.string || type === TYPE.internedString;
  }

  function members(value: Address): Address[] {
    const buckets = u32(value + 4);
    const end = buckets + 4 * u32(value + 8);
    const found: Address[] = [];
    for (let bucket = buckets; bucket < end; bucket += 4) {
      for (let element = u32(bucket); element !== 0; element = u32(element + 4)) found.push(u32(element));
    }
    return found;
  }

  /** Sets among the members are lists by then, and sort as sets all the same. */
  function orderedResults(values: readonly Address[]): unknown[] {
    if (values.length < 2) return values.map(result);
    const typed = values.map((value) => ({ set: bytes[value] === TYPE.set, member: result(value) }));
    typed.sort((a, b) => Number(a.set) - Number(b.set) || compareRego(a.member, b.member));
    return typed.map(({ member }) => member);
  }

  return {
    result,
    operand,
    takeCount() {
      const count = valuesMax - left;
      left = valuesMax;
      return count;
    },
  };
}

/** As JSON.parse does: a key of any name is the object's own. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

const INTEGER_TEXT = /^-?\d+$/;

/** The narrowest form that says exactly what the text says; `1.0` and `1e3` are not `1` and `1000` to sprintf. */
export function numberOf(text: string): number | bigint | ExactNumber {
  const double = Number(text);
  const isInteger = INTEGER_TEXT.test(text);
  if (String(double) === text && (!isInteger || Number.isSafeInteger(double))) return double;
  return isInteger && text !== '-0' ? BigInt(text) : new ExactNumber(text);
}
