/** What kind a value is, comparisons that were not written as an expression, and numbers of texts. */

import { parseDecimal } from '../../builtins/number.ts';
import { isNumber, numberOfScaled, numberOfText } from '../decimal.ts';
import { compare, equal } from '../order.ts';
import { isArray, isObject, RegoSet } from '../values.ts';
import type { Native, NativeEntries } from './native.ts';

const typeName = (value: unknown): unknown => {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'string') return typeof value;
  if (isNumber(value)) return 'number';
  if (isArray(value)) return 'array';
  return value instanceof RegoSet ? 'set' : 'object';
};

/** As Go's ParseFloat takes texts, hexadecimal ones left out. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const toNumber = (value: unknown): unknown => {
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isNumber(value)) return value;
  if (typeof value !== 'string' || !NUMBER.test(value) || !Number.isFinite(Number(value))) return undefined;
  const scaled = parseDecimal(value);
  // A text that is not JSON's, such as `+5`, is what it says.
  return numberOfText(value) === undefined || /^[+.]|^-?0\d|\.$/.test(value)
    ? scaled && numberOfScaled(scaled)
    : numberOfText(value);
};

const comparison =
  (holds: (order: number) => boolean): Native =>
  (left, right) =>
    holds(compare(left, right));

export const TYPES: NativeEntries = [
  ['is_number', (value) => isNumber(value)],
  ['is_string', (value) => typeof value === 'string'],
  ['is_boolean', (value) => typeof value === 'boolean'],
  ['is_array', (value) => isArray(value)],
  ['is_set', (value) => value instanceof RegoSet],
  ['is_object', (value) => isObject(value)],
  ['is_null', (value) => value === null],
  ['type_name', typeName],
  ['to_number', toNumber],
  ['equal', (left, right) => equal(left, right)],
  ['neq', (left, right) => !equal(left, right)],
  ['lt', comparison((order) => order < 0)],
  ['lte', comparison((order) => order <= 0)],
  ['gt', comparison((order) => order > 0)],
  ['gte', comparison((order) => order >= 0)],
];
