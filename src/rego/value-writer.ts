/**
 * Writes an input straight into a policy's memory as the values that it would make of the input's JSON: no text is written
 * by us and none is read by the policy, which is about a quarter of a short evaluation. It takes plain JSON values of usual size and leaves everything else (a `toJSON`, a class, a lone surrogate,
 * something large or deep) to the text, which knows what to do or what to say.
 *
 * The layout is that of OPA's `value.h`; `value-probe.ts` holds it against what the policy itself makes of the same text.
 * Nothing here has the head of an allocated block: a policy shares values freely and so never frees what it was given.
 */
import type { Address } from './abi.ts';
import { createKeyPool, hashOf } from './key-pool.ts';
import { compareText } from './rego-order.ts';

export interface ValueWriter {
  /** @returns the value at `at` or behind it, 0 when it is left to the text; the heap may begin at `end()` */
  write(input: unknown, at: Address): Address;
  end(): Address;
}

const STRING = 4;
const NUMBER = 3;
const ARRAY = 5;
const OBJECT = 6;
/** Second byte of a number: a 64-bit integer, or a reference to text. */
const INTEGER = 1 << 8;
const REFERENCE = 2 << 8;

const STRING_BYTES = 12;
const NUMBER_BYTES = 24;
const COLLECTION_BYTES = 16;
const ELEMENT_BYTES = 12;
const ITEM_BYTES = 8;

const LEAST_BUCKETS = 8;
const LOAD_FACTOR = 0.7;

/** Up to here characters are written one by one, which is faster than a call into the runtime. */
const SHORT_TEXT = 48;

const DEPTH_MAX = 64;

/** Indices of lists that need not be written again. */
const INDICES = 128;

/** Memory of the pool of keys and of values that never change. */
export const POOL_BYTES = 65_536;

/** An input's JSON is at most so many times the memory that it takes here: a key of 64 escaped characters in 16 bytes. */
const JSON_PER_BYTE = 32;

/** Thrown to leave an input to the text. */
const LEFT_TO_TEXT = Symbol('left to the text');

/** @param pool `POOL_BYTES` of memory that lasts */
export function createValueWriter(memory: WebAssembly.Memory, pool: Address, inputMaxBytes: number): ValueWriter {
  const view = new DataView(memory.buffer);
  const bytes = Buffer.from(memory.buffer);
  /** So no input that is written here can be past its bound in bytes of JSON. */
  const costMax = Math.floor(inputMaxBytes / JSON_PER_BYTE);
  let next = pool;
  /** Bytes that this input takes, with every key counted, kept or not: what is left to the text depends on nothing else. */
  let cost = 0;

  const none = constant(1, 0);
  const no = constant(2, 0);
  const yes = constant(2, 1);
  const indices = Array.from({ length: INDICES }, (_, index) => integer(index));
  const keys = createKeyPool(next, pool + POOL_BYTES, (key, at) => {
    const resume = next;
    next = at;
    text(key);
    const end = next;
    next = resume;
    return end;
  });

  function constant(type: number, value: number): Address {
    const at = take(4);
    view.setUint32(at, type | (value << 8), true);
    return at;
  }

  function take(sizeBytes: number): Address {
    const at = next;
    next += (sizeBytes + 7) & ~7;
    return at;
  }

  function spend(sizeBytes: number): void {
    cost += sizeBytes;
    if (cost > costMax) throw LEFT_TO_TEXT;
  }

  function text(value: string): Address {
    const length = value.length;
    const at = next;
    const start = at + STRING_BYTES;
    view.setUint32(at, STRING, true);
    view.setUint32(at + 8, start, true);
    let end = start;
    if (length <= SHORT_TEXT) {
      for (let index = 0; index < length; index++) {
        const code = value.charCodeAt(index);
        if (code > 127) {
          end = -1;
          break;
        }
        bytes[end++] = code;
      }
    } else {
      end = -1;
    }
    if (end === -1) {
      if (!value.isWellFormed()) throw LEFT_TO_TEXT;
      end = start + bytes.write(value, start, 'utf8');
    }
    view.setUint32(at + 4, end - start, true);
    next = (end + 7) & ~7;
    return at;
  }

  /** Of 32 bits: a policy calculates with the low half of longer ones, and with all digits of their text. */
  function integer(value: number): Address {
    const at = take(NUMBER_BYTES);
    view.setUint32(at, NUMBER | INTEGER, true);
    view.setInt32(at + 8, value, true);
    view.setInt32(at + 12, value < 0 ? -1 : 0, true);
    return at;
  }

  function number(value: number): Address {
    if ((value | 0) === value) return integer(value);
    if (!Number.isFinite(value)) return none;
    const at = take(NUMBER_BYTES);
    const start = next;
    const length = bytes.write(String(value), start, 'latin1');
    next = (start + length + 7) & ~7;
    view.setUint32(at, NUMBER | REFERENCE, true);
    view.setUint32(at + 8, start, true);
    view.setUint32(at + 12, length, true);
    view.setUint32(at + 16, 0, true);
    return at;
  }

  function put(value: unknown, depth: number): Address {
    switch (typeof value) {
      case 'string':
        spend(STRING_BYTES + value.length * 3);
        return text(value);
      case 'number':
        spend(NUMBER_BYTES);
        return number(value);
      case 'boolean':
        return value ? yes : no;
      case 'undefined':
        return none; // as JSON has it in a list; an object leaves it out before it comes here
      case 'object':
        if (value === null) return none;
        if (depth > DEPTH_MAX) throw LEFT_TO_TEXT;
        return Array.isArray(value) ? list(value, depth + 1) : object(value, depth + 1);
      default:
        throw LEFT_TO_TEXT;
    }
  }

  function list(value: readonly unknown[], depth: number): Address {
    const { length } = value;
    spend(COLLECTION_BYTES + length * (ITEM_BYTES + NUMBER_BYTES));
    const at = take(COLLECTION_BYTES);
    const items = take(length * ITEM_BYTES);
    view.setUint32(at, ARRAY, true);
    view.setUint32(at + 4, length === 0 ? 0 : items, true);
    view.setUint32(at + 8, length, true);
    view.setUint32(at + 12, length, true);
    for (let index = 0; index < length; index++) {
      const item = items + index * ITEM_BYTES;
      view.setUint32(item, indices[index] ?? integer(index), true);
      view.setUint32(item + 4, put(value[index], depth), true);
    }
    return at;
  }

  function object(value: object, depth: number): Address {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw LEFT_TO_TEXT;
    const record = value as Readonly<Record<string, unknown>>; // an object of no class, read by its own keys
    let length = 0;
    for (const key in record) if (record[key] !== undefined && Object.hasOwn(record, key)) length++;
    let buckets = LEAST_BUCKETS;
    while (length > buckets * LOAD_FACTOR) buckets *= 2;
    spend(COLLECTION_BYTES + buckets * 4 + length * (ELEMENT_BYTES + STRING_BYTES));
    const at = take(COLLECTION_BYTES);
    const table = take(buckets * 4);
    let element = take(length * ELEMENT_BYTES);
    view.setUint32(at, OBJECT, true);
    view.setUint32(at + 4, table, true);
    view.setUint32(at + 8, buckets, true);
    view.setUint32(at + 12, length, true);
    for (let bucket = table; bucket < table + buckets * 4; bucket += 8) view.setFloat64(bucket, 0);
    for (const key in record) {
      const member = record[key];
      if (member === undefined || !Object.hasOwn(record, key)) continue;
      spend(key.length * 3);
      const pooled = keys.find(key) ?? { address: text(key), hash: hashOf(key) };
      view.setUint32(element, pooled.address, true);
      view.setUint32(element + 4, put(member, depth), true);
      chain(table + (pooled.hash % buckets) * 4, element, key);
      element += ELEMENT_BYTES;
    }
    return at;
  }

  /** Into a bucket, in the order of the keys; nearly always it is empty. */
  function chain(bucket: Address, element: Address, key: string): void {
    let link = bucket;
    let other = view.getUint32(link, true);
    while (other !== 0 && compareText(key, keyAt(other)) > 0) {
      link = other + 8;
      other = view.getUint32(link, true);
    }
    view.setUint32(element + 8, other, true);
    view.setUint32(link, element, true);
  }

  function keyAt(element: Address): string {
    const key = view.getUint32(element, true);
    const known = keys.textAt(key);
    if (known !== undefined) return known;
    const start = view.getUint32(key + 8, true);
    return bytes.toString('utf8', start, start + view.getUint32(key + 4, true));
  }

  return {
    write(input, at) {
      next = at;
      cost = 0;
      try {
        return put(input, 0);
      } catch (reason) {
        if (reason === LEFT_TO_TEXT) return 0;
        throw reason;
      }
    },
    end: () => next,
  };
}
