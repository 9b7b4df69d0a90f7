/** Documents into an evaluation and out of it: input as it comes, data with every digit, results as JSON has them. */
import { Failure } from '../../core/failure.ts';
import { parseJson, writeJson } from '../builtins/go-json.ts';
import { inputText } from '../input-text.ts';
import { isNumber, toDouble } from './decimal.ts';
import { charge, fuel } from './fuel.ts';
import { fromHost, toHost } from './host-values.ts';
import { ordered } from './order.ts';
import { insert, OTHERS, type RegoObject, RegoSet } from './values.ts';

/** Deeper values are read as text, where a circle is found. */
const DEPTH_MAX = 200;

/** A text of JSON is at most so many bytes per UTF-16 unit: `\u001f` is six. */
const BYTES_PER_UNIT = 6;

/**
 * The input as values of Rego: itself where it is plain JSON, else what its JSON text says.
 * @throws Failure `invalid_request` when the value has no JSON, `too_large` past `maxBytes`
 */
export function readInput(input: unknown, maxBytes: number): unknown {
  const left = plainSize(input, maxBytes, DEPTH_MAX);
  if (left >= 0) return input;
  return JSON.parse(inputText(input, maxBytes));
}

/** What is left of the bound after an upper bound of the value's JSON, or a negative number where it is not plain JSON. */
function plainSize(value: unknown, budget: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? budget - value.length * BYTES_PER_UNIT - 2 : -1;
    case 'number':
      // JSON has no -0, and writes null for what is not finite.
      return Number.isFinite(value) && !Object.is(value, -0) ? budget - 25 : -1;
    case 'boolean':
      return budget - 5;
    case 'object':
      if (value === null) return budget - 4;
      return depth === 0 ? -1 : plainCompositeSize(value, budget, depth - 1);
    default:
      return -1;
  }
}

function plainCompositeSize(value: object, budget: number, depth: number): number {
  let left = budget - 2;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && left >= 0; at++) left = plainSize(value[at], left - 1, depth);
    return left;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return -1;
  for (const key in value) {
    if (!key.isWellFormed()) return -1;
    // The prototype has nothing to enumerate, so the key is the value's own.
    left = plainSize((value as RegoObject)[key], left - key.length * BYTES_PER_UNIT - 4, depth);
    if (left < 0) return left;
  }
  return left;
}

/** Fuel per value of a result: a few values may refer to each other very often, and here each becomes one of its own. */
const FUEL_PER_RESULT = 10;

/**
 * What JSON.parse alone would lose: numbers whose text is not the one that JavaScript prints (a zero at the end, an
 * exponent, many digits or zeros), and halves of surrogate pairs. Texts that look like it only cost time.
 */
const LOSSY = /[[:,]\s*-?(?:\d[\d.]{15,}|\d+\.\d*0(?!\d)|\d+(?:\.\d+)?[eE]|0\.000000)|[[:,]\s*-0(?![.\d])|\\u[dD]/;

/** @throws Failure `bundle_invalid` when the bytes are not JSON */
export function readData(bytes: Uint8Array): unknown {
  // Data is read once, and its size is bounded where the bundle is read.
  fuel.value = Number.MAX_SAFE_INTEGER;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const data = LOSSY.test(text) ? fromHost(parseJson(text)) : JSON.parse(text);
    if (data !== undefined) return data;
  } catch (cause) {
    throw new Failure('bundle_invalid', 'data.json is not JSON', { cause });
  }
  throw new Failure('bundle_invalid', 'data.json is not JSON, or nests too deeply');
}

/** A document as JSON has it: numbers are doubles, sets are lists in Rego's order, keys are texts. Shares nothing. */
export function toResult(value: unknown): unknown {
  charge(FUEL_PER_RESULT);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? Number(value) : value;
  if (Array.isArray(value)) return listResult(value);
  if (isNumber(value)) return toDouble(value);
  if (value instanceof RegoSet) return listResult(ordered(value));
  return objectResult(value as RegoObject); // none of the other kinds
}

/** Copied whole, which is fast, and then what is no text, truth or double in its place. */
function listResult(list: readonly unknown[]): unknown[] {
  charge(list.length * FUEL_PER_RESULT);
  const result = list.slice();
  for (let at = 0; at < result.length; at++) if (isConverted(result[at])) result[at] = toResult(result[at]);
  return result;
}

function objectResult(object: RegoObject): Record<string, unknown> {
  const result: RegoObject = { ...object };
  for (const key in result) {
    charge(FUEL_PER_RESULT);
    // An own property, `__proto__` too: assigning to it changes it and nothing else.
    if (isConverted(result[key])) result[key] = toResult(result[key]);
  }
  const others = result[OTHERS];
  if (others === undefined) return result;
  delete result[OTHERS];
  for (const [key, member] of others.values()) insert(result, writeJson(toHost(key)), toResult(member));
  return result;
}

const isConverted = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null) || typeof value === 'bigint';
