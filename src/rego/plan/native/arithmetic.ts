/**
 * Arithmetic as OPA's WebAssembly does it: sums and products are exact decimals, a quotient has 18 digits. Doubles do where
 * they give the same: integers, and decimals of at most 15 digits.
 */
import {
  aligned,
  Decimal,
  digitsIn,
  divideScaled,
  isNumber,
  numberOfScaled,
  type RegoNumber,
  type Scaled,
  scaledOf,
} from '../decimal.ts';
import { charge, FUEL_PER_COMPOSITE } from '../fuel.ts';
import { RegoSet } from '../values.ts';
import { integerOf, type NativeEntries, ofInteger } from './native.ts';
import { difference } from './sets.ts';

/** Fuel of arithmetic on decimals. */
const FUEL_PER_DECIMAL = 200;

/** Fuel for each pair of digits of a product. */
const FUEL_PER_DIGIT = 4;

/** Fuel for each zero by which two decimals are apart. */
const FUEL_PER_ZERO = 100;

/** Below it a double says all digits of a decimal, and no other decimal of so few digits is nearest to it. */
const EXACT_BELOW = 1e15;
const SCALES = [1, 1e3, 1e6, 1e9, 1e12] as const;

/** The scale at which a decimal is an integer of at most 15 digits; 0 where there is none. */
function scaleOf(value: number): number {
  for (const scale of SCALES) {
    const scaled = Math.round(value * scale);
    if (Math.abs(scaled) < EXACT_BELOW && scaled / scale === value) return scale;
  }
  return 0;
}

function sum(left: RegoNumber, right: RegoNumber): RegoNumber {
  if (typeof left === 'number' && typeof right === 'number') {
    const total = left + right;
    if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) {
      if (Number.isSafeInteger(total)) return total;
    } else {
      const scale = Math.max(scaleOf(left), scaleOf(right));
      if (scale > 1 && scaleOf(left) !== 0 && scaleOf(right) !== 0) {
        const a = Math.round(left * scale);
        const b = Math.round(right * scale);
        const fits = Math.abs(a) < EXACT_BELOW && Math.abs(b) < EXACT_BELOW && Math.abs(a + b) < EXACT_BELOW;
        if (fits && a / scale === left && b / scale === right) return (a + b) / scale;
      }
    }
  }
  return exactSum(scaledOf(left), scaledOf(right));
}

function exactSum(left: Scaled, right: Scaled): RegoNumber {
  charge(FUEL_PER_DECIMAL + Math.abs(left.exponent - right.exponent) * FUEL_PER_ZERO);
  const [a, b, exponent] = aligned(left, right);
  return numberOfScaled({ digits: a + b, exponent });
}

function negated(value: RegoNumber): RegoNumber {
  if (typeof value === 'number') return 0 - value;
  if (typeof value === 'bigint') return ofInteger(-value);
  const { digits, exponent } = scaledOf(value);
  return numberOfScaled({ digits: -digits, exponent });
}

function product(left: RegoNumber, right: RegoNumber): RegoNumber {
  if (typeof left === 'number' && typeof right === 'number') {
    const total = left * right;
    if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) {
      if (Number.isSafeInteger(total)) return total + 0;
    } else {
      const [a, b] = [scaleOf(left), scaleOf(right)];
      const digits = Math.round(left * a) * Math.round(right * b);
      if (a !== 0 && b !== 0 && Math.abs(digits) < EXACT_BELOW && a * b <= 1e21) return digits / (a * b) + 0;
    }
  }
  const a = scaledOf(left);
  const b = scaledOf(right);
  charge(FUEL_PER_DECIMAL + digitsIn(a.digits) * digitsIn(b.digits) * FUEL_PER_DIGIT);
  return numberOfScaled({ digits: a.digits * b.digits, exponent: a.exponent + b.exponent });
}

/** Scales at which a quotient is tried for an integer; most that end do so within a few digits. */
const QUOTIENT_SCALES = [1, 10, 100, 1000] as const;

function quotient(left: RegoNumber, right: RegoNumber): RegoNumber | undefined {
  if (typeof left === 'number' && typeof right === 'number') {
    if (right === 0) return undefined;
    if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return quotientOfIntegers(left, right);
  }
  const divisor = scaledOf(right);
  if (divisor.digits === 0n) return undefined;
  charge(FUEL_PER_DECIMAL);
  return numberOfScaled(divideScaled(scaledOf(left), divisor));
}

function quotientOfIntegers(left: number, right: number): RegoNumber {
  for (const scale of QUOTIENT_SCALES) {
    const dividend = left * scale;
    if (Math.abs(dividend) < EXACT_BELOW && dividend % right === 0) return dividend / right / scale + 0;
  }
  charge(FUEL_PER_DECIMAL);
  return new Decimal({ left, right });
}

/**
 * A quotient that is no integer, as the integer at or next to it. It has 18 digits, too many for its rounding to cross to
 * another integer: that would take operands beyond those that a double holds.
 */
function wholeOf(
  value: unknown,
  whole: (quotient: number, rest: number, divisor: number) => number,
): number | undefined {
  const ratio = value instanceof Decimal ? Decimal.ratioOf(value) : undefined;
  if (ratio === undefined) return undefined;
  const rest = ratio.left % ratio.right;
  return whole((ratio.left - rest) / ratio.right, rest, ratio.right) + 0;
}

/** To an integer: `step` says what becomes of the whole part, given what is dropped of how much. */
function toInteger(value: RegoNumber, step: (whole: bigint, rest: bigint, unit: bigint) => bigint): RegoNumber {
  const { digits, exponent } = scaledOf(value);
  if (exponent >= 0) return value;
  charge(FUEL_PER_DECIMAL - exponent);
  const unit = 10n ** BigInt(-exponent);
  return ofInteger(step(digits / unit, digits % unit, unit));
}

const abs = (value: unknown): unknown => {
  if (!isNumber(value)) return undefined;
  if (typeof value === 'number') return Math.abs(value);
  return scaledOf(value).digits < 0n ? negated(value) : value;
};

const round = (value: unknown): unknown => {
  if (!isNumber(value)) return undefined;
  if (typeof value === 'number') return Math.sign(value) * Math.round(Math.abs(value)) + 0;
  return toInteger(value, (whole, rest, unit) => {
    const away = (rest < 0n ? -rest : rest) * 2n >= unit;
    return away ? whole + (rest < 0n ? -1n : 1n) : whole;
  });
};

const ceil = (value: unknown): unknown => {
  if (!isNumber(value)) return undefined;
  if (typeof value === 'number') return Math.ceil(value) + 0;
  const whole = wholeOf(value, (quotient, rest, divisor) => (rest > 0 === divisor > 0 ? quotient + 1 : quotient));
  return whole ?? toInteger(value, (part, rest) => (rest > 0n ? part + 1n : part));
};

const floor = (value: unknown): unknown => {
  if (!isNumber(value)) return undefined;
  if (typeof value === 'number') return Math.floor(value) + 0;
  const whole = wholeOf(value, (quotient, rest, divisor) => (rest > 0 === divisor > 0 ? quotient : quotient - 1));
  return whole ?? toInteger(value, (part, rest) => (rest < 0n ? part - 1n : part));
};

export const plus = (left: unknown, right: unknown): unknown =>
  isNumber(left) && isNumber(right) ? sum(left, right) : undefined;

/** Of numbers, or of sets. */
export const minus = (left: unknown, right: unknown): unknown => {
  if (isNumber(left) && isNumber(right)) return sum(left, negated(right));
  return left instanceof RegoSet && right instanceof RegoSet ? difference(left, right) : undefined;
};

export const multiply = (left: unknown, right: unknown): unknown =>
  isNumber(left) && isNumber(right) ? product(left, right) : undefined;

const divide = (left: unknown, right: unknown): unknown =>
  isNumber(left) && isNumber(right) ? quotient(left, right) : undefined;

const remainder = (left: unknown, right: unknown): unknown => {
  if (!isNumber(left) || !isNumber(right)) return undefined;
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) {
    return right === 0 ? undefined : (Number(left) % Number(right)) + 0;
  }
  const [a, b] = [integerOf(left), integerOf(right)];
  if (a === undefined || b === undefined || b === 0n) return undefined;
  charge(FUEL_PER_DECIMAL);
  return ofInteger(a % b);
};

/** From one integer to another, both included, up or down. */
const range = (from: unknown, to: unknown): unknown => {
  if (!isNumber(from) || !isNumber(to)) return undefined;
  const [first, last] = [integerOf(from), integerOf(to)];
  if (first === undefined || last === undefined) return undefined;
  const step = first <= last ? 1n : -1n;
  charge((Number((last - first) * step) + 1) * 2 + FUEL_PER_COMPOSITE);
  const list: Array<number | bigint> = [];
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to)) {
    const [start, end, by] = [Number(first), Number(last), Number(step)];
    for (let value = start; by > 0 ? value <= end : value >= end; value += by) list.push(value);
    return list;
  }
  for (let value = first; step > 0n ? value <= last : value >= last; value += step) list.push(ofInteger(value));
  return list;
};

export const ARITHMETIC: NativeEntries = [
  ['abs', abs],
  ['round', round],
  ['ceil', ceil],
  ['floor', floor],
  ['plus', plus],
  ['minus', minus],
  ['mul', multiply],
  ['div', divide],
  ['rem', remainder],
  ['numbers.range', range],
];
