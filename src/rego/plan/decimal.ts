/**
 * Numbers that a double does not hold: decimals of any size, beside `number` and `bigint`.
 *   number   the decimal that JavaScript prints for it: 0.1 is a tenth exactly
 *   bigint   an integer beyond ±(2^53 − 1)
 *   Decimal  anything else, and texts such as `1.0` that sprintf tells from `1`
 * Owns reading, normal form and comparison. Its fields are private, so that no key of a policy can meet them.
 */
import { ExactNumber } from '../builtin.ts';
import { parseDecimal } from '../builtins/number.ts';

export type RegoNumber = number | bigint | Decimal;

/** `digits × 10^exponent` */
export interface Scaled {
  readonly digits: bigint;
  readonly exponent: number;
}

/** A quotient of integers that a double holds: most are rounded to an integer next, and never written out. */
export interface Ratio {
  readonly left: number;
  readonly right: number;
}

export class Decimal {
  #text: string | undefined;
  #scaled: Scaled | undefined;
  readonly #ratio: Ratio | undefined;

  /** @param origin the text as a policy or a document wrote it, or the quotient that `divide` writes out when asked */
  constructor(origin: string | Ratio | undefined, scaled?: Scaled) {
    if (typeof origin === 'string') this.#text = origin;
    else this.#ratio = origin;
    this.#scaled = scaled;
  }

  /** As a policy or a document wrote it, or the shortest. */
  static textOf(decimal: Decimal): string {
    if (decimal.#text === undefined) {
      const { digits, exponent } = Decimal.scaledOf(decimal);
      decimal.#text = plainText(...stripped(digits, exponent));
    }
    return decimal.#text;
  }

  static scaledOf(decimal: Decimal): Scaled {
    decimal.#scaled ??= decimal.#ratio === undefined ? ZERO : quotientOf(decimal.#ratio);
    return decimal.#scaled;
  }

  /** The quotient that it is, if it is one. */
  static ratioOf(decimal: Decimal): Ratio | undefined {
    return decimal.#ratio;
  }
}

const ZERO: Scaled = { digits: 0n, exponent: 0 };

function quotientOf({ left, right }: Ratio): Scaled {
  return divideScaled({ digits: BigInt(left), exponent: 0 }, { digits: BigInt(right), exponent: 0 });
}

const QUOTIENT_DIGITS = 18;

/** Of at most 18 digits, rounded half away from zero; the divisor is not zero. */
export function divideScaled(left: Scaled, right: Scaled): Scaled {
  const negative = left.digits < 0n !== right.digits < 0n;
  const a = left.digits < 0n ? -left.digits : left.digits;
  const b = right.digits < 0n ? -right.digits : right.digits;
  // Two digits more than are kept, so that one of them always decides the rounding.
  const shift = Math.max(0, QUOTIENT_DIGITS + 2 + digitsIn(b) - digitsIn(a));
  let digits = (a * 10n ** BigInt(shift)) / b;
  let exponent = left.exponent - right.exponent - shift;
  const excess = digitsIn(digits) - QUOTIENT_DIGITS;
  if (excess > 0) {
    const unit = 10n ** BigInt(excess);
    const rest = digits % unit;
    digits /= unit;
    exponent += excess;
    if (rest * 2n >= unit) digits += 1n;
  }
  return { digits: negative ? -digits : digits, exponent };
}

export function isNumber(value: unknown): value is RegoNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal;
}

/** As JSON writes it. */
export function numberText(value: RegoNumber): string {
  return value instanceof Decimal ? Decimal.textOf(value) : String(value);
}

export function toDouble(value: RegoNumber): number {
  return typeof value === 'number' ? value : Number(numberText(value));
}

export function scaledOf(value: RegoNumber): Scaled {
  if (typeof value === 'bigint') return { digits: value, exponent: 0 };
  if (value instanceof Decimal) return Decimal.scaledOf(value);
  if (Number.isSafeInteger(value)) return { digits: BigInt(value), exponent: 0 };
  return parseDecimal(String(value)) ?? { digits: 0n, exponent: 0 };
}

/** Numbers beyond 10^±30103 are none to OPA. */
const MAX_MAGNITUDE = 30_103;

const INTEGER_TEXT = /^-?(?:0|[1-9]\d*)$/;

/** The number that a JSON text is, `1.0` kept apart from `1`; undefined where it is none or too large. */
export function numberOfText(text: string): RegoNumber | undefined {
  const double = Number(text);
  if (String(double) === text && Number.isFinite(double)) {
    if (!Number.isInteger(double) || Number.isSafeInteger(double)) return double;
  }
  if (INTEGER_TEXT.test(text) && text !== '-0') return BigInt(text);
  const scaled = parseDecimal(text);
  if (scaled === undefined || Math.abs(magnitudeOf(scaled)) > MAX_MAGNITUDE) return undefined;
  return new Decimal(text, scaled);
}

/** The shortest form of `digits × 10^exponent`: what arithmetic gives has no zeros at its end. */
export function numberOfScaled({ digits, exponent }: Scaled): RegoNumber {
  const [short, power] = stripped(digits, exponent);
  if (power >= 0 && power <= MAX_PRINTED_ZEROS) {
    const integer = short * 10n ** BigInt(power);
    const double = Number(integer);
    return Number.isSafeInteger(double) ? double : integer;
  }
  const text = `${short}e${power}`;
  const double = Number(text);
  const read = Number.isFinite(double) ? parseDecimal(String(double)) : undefined;
  if (read !== undefined && sameScaled(read, short, power)) return double;
  return new Decimal(undefined, { digits: short, exponent: power });
}

const MAX_PRINTED_ZEROS = 400;

function sameScaled(read: Scaled, short: bigint, power: number): boolean {
  const [digits, exponent] = stripped(read.digits, read.exponent);
  return digits === short && exponent === power;
}

/** Without zeros at the end of its digits. */
function stripped(digits: bigint, exponent: number): readonly [bigint, number] {
  if (digits === 0n) return [0n, 0];
  let short = digits;
  let power = exponent;
  while (short % 10n === 0n) {
    short /= 10n;
    power += 1;
  }
  return [short, power];
}

function plainText(digits: bigint, exponent: number): string {
  if (exponent >= 0 || exponent < -MAX_PRINTED_ZEROS) return `${digits}e${exponent < 0 ? '' : '+'}${exponent}`;
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(1 - exponent, '0');
  return `${sign}${text.slice(0, exponent)}.${text.slice(exponent)}`;
}

/** The same for every text of one number: a `number` where there is one, else a text that no string can be. */
export function numberIdentity(value: RegoNumber): number | string {
  if (typeof value === 'number') return value;
  const { digits, exponent } = scaledOf(value);
  const [short, power] = stripped(digits, exponent);
  const double = Number(`${short}e${power}`);
  const read = Number.isFinite(double) ? parseDecimal(String(double)) : undefined;
  return read !== undefined && sameScaled(read, short, power) ? double : `\u0000n${short}e${power}`;
}

/** Largest distance of two exponents that is bridged with digits. */
const MAX_DISTANCE = 4096;

export function compareNumbers(left: RegoNumber, right: RegoNumber): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0;
  return compareScaled(scaledOf(left), scaledOf(right));
}

export function compareScaled(a: Scaled, b: Scaled): number {
  const signs = signOf(a.digits) - signOf(b.digits);
  if (signs !== 0 || a.digits === 0n) return signs;
  if (Math.abs(a.exponent - b.exponent) > MAX_DISTANCE) return signOf(a.digits) * (magnitudeOf(a) - magnitudeOf(b));
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Digits of both at the smaller exponent. */
export function aligned(a: Scaled, b: Scaled): readonly [left: bigint, right: bigint, exponent: number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.digits * 10n ** BigInt(a.exponent - exponent), b.digits * 10n ** BigInt(b.exponent - exponent), exponent];
}

function signOf(digits: bigint): number {
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

export function magnitudeOf(value: Scaled): number {
  return digitsIn(value.digits) + value.exponent;
}

export function digitsIn(digits: bigint): number {
  return String(digits < 0n ? -digits : digits).length;
}

/** The form that host builtins take. */
export function toHostNumber(value: RegoNumber): number | bigint | ExactNumber {
  return value instanceof Decimal ? new ExactNumber(Decimal.textOf(value)) : value;
}
