/**
 * units.parse and units.parse_bytes: amounts with decimal and binary unit suffixes.
 * Owns: those suffixes. May import: exact numbers and the operands beside it.
 * Fails: undefined where the text has spaces, no amount, an unknown unit or an exponent of more than six digits.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { type Decimal, integerResult, type Numeric, numericOf, parseDecimal } from './number.ts';
import { stringOperand, tooLarge, undefinedBecause } from './operand.ts';

const MAX_EXPONENT_DIGITS = 6;
/** Beyond this power of ten an amount is refused rather than expanded to its digits. */
const MAX_POWER = 4096;
/** Mantissa bits of the product in units.parse_bytes, which drops the fraction of a byte. */
const FLOAT_BITS = 64n;

const STEPS = ['k', 'm', 'g', 't', 'p', 'e'] as const;

/** Byte units, in lower case: k, kb and ki, kib and so on. */
const BYTE_UNITS: ReadonlyMap<string, bigint> = new Map([
  ['', 1n],
  ...STEPS.flatMap((step, i): Array<[string, bigint]> => {
    const decimal = 1000n ** BigInt(i + 1);
    const binary = 1024n ** BigInt(i + 1);
    return [
      [step, decimal],
      [`${step}b`, decimal],
      [`${step}i`, binary],
      [`${step}ib`, binary],
    ];
  }),
]);

/** SI units: `m` is a thousandth and `M` a million; elsewhere either case of the first letter will do. */
const SI_UNITS: ReadonlyMap<string, bigint> = new Map([
  ['', 1n],
  ...STEPS.flatMap((step, i): Array<[string, bigint]> => {
    const decimal = 1000n ** BigInt(i + 1);
    const binary = 1024n ** BigInt(i + 1);
    const upper = step.toUpperCase();
    const decimals: Array<[string, bigint]> =
      step === 'm'
        ? [[upper, decimal]]
        : [
            [step, decimal],
            [upper, decimal],
          ];
    return [...decimals, [`${step}i`, binary], [`${upper}i`, binary]];
  }),
]);

/** A thousandth as the double nearest to it: numerator and denominator. */
const MILLI: readonly [bigint, bigint] = [1152921504606847n, 2n ** 60n];

/** Splits `10.5Ki` after its number, whose exponent may be `e3`, `E+3`. */
function splitUnit(text: string): readonly [amount: string, unit: string] {
  let at = 0;
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === 'e' || character === 'E') {
      if (!/[\d+-]/.test(text.charAt(at + 1))) break;
      if (/[+-]/.test(text.charAt(at + 1))) at += 1;
      const digits = /^\d*/.exec(text.slice(at + 1))?.[0] ?? '';
      if (digits.length > MAX_EXPONENT_DIGITS) undefinedBecause('exponent too large');
    } else if (!/[\d.+-]/.test(character)) break;
  }
  return [text.slice(0, at), text.slice(at)];
}

function amountOf(text: string): Decimal {
  const amount = parseDecimal(text) ?? undefinedBecause('could not parse amount to a number');
  if (Math.abs(amount.exponent) > MAX_POWER) tooLarge('an amount of units with too many digits');
  return amount;
}

function amountAndUnit(value: unknown, lowerCase: boolean): readonly [string, string] {
  const raw = stringOperand(value, 1).replaceAll('"', '');
  const text = lowerCase ? raw.toLowerCase() : raw;
  if (text.includes(' ')) undefinedBecause('spaces not allowed in resource strings');
  const [amount, unit] = splitUnit(text);
  return amount === '' ? undefinedBecause('no amount provided') : [amount, unit];
}

function parseBytes(evaluation: BuiltinContext, value: unknown): number | bigint {
  const [text, unit] = amountAndUnit(value, true);
  const factor = BYTE_UNITS.get(unit) ?? undefinedBecause(`byte unit ${unit} not recognized`);
  const { digits, exponent } = amountOf(text);
  evaluation.charge(text.length + Math.abs(exponent));
  const power = 10n ** BigInt(Math.abs(exponent));
  // Go rounds the amount to 64 bits, multiplies by the unit and rounds to 64 bits again.
  const amount = exponent >= 0 ? roundToBits(digits * power, 1n) : roundToBits(digits, power);
  const [numerator, denominator] = roundToBits(amount[0] * factor, amount[1]);
  return integerResult(numerator / denominator);
}

/** The fraction nearest to n/d whose mantissa has 64 bits, halves to even; the denominator is a power of two. */
function roundToBits(n: bigint, d: bigint): readonly [bigint, bigint] {
  if (n === 0n) return [0n, 1n];
  const negative = n < 0n;
  const magnitude = negative ? -n : n;
  let shift = FLOAT_BITS - BigInt(magnitude.toString(2).length - d.toString(2).length);
  let mantissa = divideToEven(magnitude, d, shift);
  if (mantissa >= 1n << FLOAT_BITS) {
    shift -= 1n;
    mantissa = divideToEven(magnitude, d, shift);
  }
  const signed = negative ? -mantissa : mantissa;
  return shift >= 0n ? [signed, 1n << shift] : [signed << -shift, 1n];
}

function divideToEven(n: bigint, d: bigint, shift: bigint): bigint {
  const numerator = shift >= 0n ? n << shift : n;
  const denominator = shift >= 0n ? d : d << -shift;
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice < denominator) return quotient;
  return twice > denominator || quotient % 2n === 1n ? quotient + 1n : quotient;
}

function parseUnits(evaluation: BuiltinContext, value: unknown): Numeric {
  const [text, suffix] = amountAndUnit(value, false);
  const unit = suffix.slice(0, 1) + suffix.slice(1).toLowerCase();
  const { digits, exponent } = amountOf(text);
  evaluation.charge(text.length + Math.abs(exponent));
  const [up, down] =
    unit === 'm' ? MILLI : ([SI_UNITS.get(unit) ?? undefinedBecause(`unit ${unit} not recognized`), 1n] as const);
  const power = 10n ** BigInt(Math.abs(exponent));
  const numerator = digits * up * (exponent >= 0 ? power : 1n);
  const denominator = down * (exponent >= 0 ? 1n : power);
  if (numerator % denominator === 0n) return integerResult(numerator / denominator);
  return numericOf(tenDecimals(numerator, denominator)) ?? undefinedBecause('not a number');
}

/** A fraction with ten decimals, halves away from zero. */
function tenDecimals(numerator: bigint, denominator: bigint): string {
  const negative = numerator < 0n;
  const scaled = (negative ? -numerator : numerator) * 10n ** 10n;
  const rounded = (scaled * 2n + denominator) / (denominator * 2n);
  const digits = rounded.toString().padStart(11, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -10)}.${digits.slice(-10)}`;
}

export const UNITS: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['units.parse', parseUnits],
  ['units.parse_bytes', parseBytes],
];
