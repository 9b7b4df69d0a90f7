/**
 * Rego's numbers, which are decimal texts of any size: reading them exactly, comparing and printing them.
 * Owns: exact decimal arithmetic on what `number`, `bigint` and `ExactNumber` hold. May import: `../builtin.ts`.
 * Fails: never; a text that is not a number reads as undefined.
 */
import { ExactNumber } from '../builtin.ts';

export type Numeric = number | bigint | ExactNumber;

/** A decimal without loss: `digits × 10^exponent`. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Largest power of ten that is ever expanded to digits; beyond it numbers compare by magnitude alone. */
const MAX_EXPANDED_EXPONENT = 4096;

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof ExactNumber;
}

/** The number as JSON writes it. */
export function numberText(value: Numeric): string {
  if (value instanceof ExactNumber) return value.text;
  if (typeof value === 'bigint') return value.toString();
  return Object.is(value, -0) ? '-0' : String(value);
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

/** Reads a decimal text exactly, or gives undefined where it is none (or its exponent has more than nine digits). */
export function parseDecimal(text: string): Decimal | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  return { digits: sign === '-' ? -digits : digits, exponent: Number(exponent) - fraction.length };
}

/** The number of a decimal text in the form that builtins hand back, or undefined where it is none. */
export function numericOf(text: string): Numeric | undefined {
  const integer = /^-?(?:0|[1-9]\d*)$/.test(text);
  if (text === '-0') return new ExactNumber(text);
  if (integer) {
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : BigInt(text);
  }
  const decimal = parseDecimal(text);
  if (decimal === undefined) return undefined;
  const value = Number(text);
  return String(value) === text ? value : new ExactNumber(text);
}

/** An integer in the form that builtins hand back. */
export function integerResult(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** The integer that a number is, with `1.0` and `1e3` counted as integers; undefined where it has a fraction. */
export function toInteger(value: Numeric): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  const decimal = parseDecimal(numberText(value));
  if (decimal === undefined) return undefined;
  const { digits, exponent } = decimal;
  if (digits === 0n) return 0n;
  if (exponent > MAX_EXPANDED_EXPONENT || exponent < -MAX_EXPANDED_EXPONENT) return undefined;
  if (exponent >= 0) return digits * 10n ** BigInt(exponent);
  const scale = 10n ** BigInt(-exponent);
  return digits % scale === 0n ? digits / scale : undefined;
}

/** The nearest double; infinite beyond a double's range. */
export function toDouble(value: Numeric): number {
  return typeof value === 'number' ? value : Number(numberText(value));
}

export function compareNumbers(left: Numeric, right: Numeric): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const a = parseDecimal(numberText(left));
  const b = parseDecimal(numberText(right));
  if (a === undefined || b === undefined) return toDouble(left) - toDouble(right);
  return compareDecimals(a, b);
}

function compareDecimals(a: Decimal, b: Decimal): number {
  const aSign = signOf(a);
  const bSign = signOf(b);
  if (aSign !== bSign || aSign === 0) return aSign - bSign;
  const exponent = Math.min(a.exponent, b.exponent);
  if (Math.max(a.exponent, b.exponent) - exponent > MAX_EXPANDED_EXPONENT)
    return aSign * (magnitudeOf(a) - magnitudeOf(b));
  const difference = a.digits * 10n ** BigInt(a.exponent - exponent) - b.digits * 10n ** BigInt(b.exponent - exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function signOf(value: Decimal): number {
  return value.digits < 0n ? -1 : value.digits > 0n ? 1 : 0;
}

function magnitudeOf(value: Decimal): number {
  return value.digits.toString().length + value.exponent;
}
