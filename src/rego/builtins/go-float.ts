/**
 * Doubles as Go's strconv prints them: verbs b e E f g G x X, shortest or with a precision, halves to even.
 * Owns: the digits of a float. May import: nothing. Fails: never.
 */

/** Decimal digits `d1 d2 …` standing for `0.d1d2… × 10^point`. */
interface Digits {
  readonly digits: string;
  readonly point: number;
}

/** @param precision digits after the point (significant digits for g and G); negative for the shortest exact text */
export function formatFloat(value: number, verb: string, precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const absolute = Math.abs(value);
  if (absolute === Infinity) return sign === '' ? '+Inf' : '-Inf';
  switch (verb) {
    case 'e':
    case 'E':
      return (
        sign + exponential(precision < 0 ? shortest(absolute) : significant(absolute, precision + 1), precision, verb)
      );
    case 'f':
      return sign + fixed(precision < 0 ? shortest(absolute) : decimals(absolute, precision), precision);
    case 'g':
    case 'G':
      return sign + general(absolute, verb, precision);
    case 'x':
    case 'X':
      return sign + hexadecimal(absolute, verb, precision);
    default:
      return sign + binary(absolute);
  }
}

function shortest(value: number): Digits {
  if (value === 0) return { digits: '0', point: 1 };
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

/** The double as `integer × 2^exponent`. */
function parts(value: number): { integer: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { integer: fraction, exponent: -1074 }
    : { integer: fraction | (1n << 52n), exponent: biased - 1075 };
}

/** `numerator / denominator` to the nearest integer, halves to even. */
function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice < denominator) return quotient;
  return twice > denominator || quotient % 2n === 1n ? quotient + 1n : quotient;
}

/** The value times 10^power, rounded to an integer. */
function scaled(value: number, power: number): bigint {
  const { integer, exponent } = parts(value);
  let numerator = integer;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  return divideToEven(numerator, denominator);
}

/** No double has more digits than this; longer precisions are zeros. */
const MAX_EXACT_DIGITS = 1100;

function decimals(value: number, precision: number): Digits {
  const exact = Math.min(precision, MAX_EXACT_DIGITS);
  const digits = scaled(value, exact).toString();
  return { digits, point: digits.length - exact };
}

function significant(value: number, count: number): Digits {
  if (value === 0) return { digits: '0', point: 1 };
  const exact = Math.min(count, MAX_EXACT_DIGITS);
  let { point } = shortest(value);
  let digits = scaled(value, exact - point).toString();
  if (digits.length > exact) {
    // Rounded up to the next power of ten.
    digits = digits.slice(0, exact);
    point += 1;
  }
  return { digits, point };
}

function exponential({ digits, point }: Digits, precision: number, verb: string): string {
  const exponent = digits === '0' ? 0 : point - 1;
  const fraction = precision < 0 ? digits.slice(1) : digits.slice(1).padEnd(precision, '0');
  return `${digits.charAt(0)}${fraction === '' ? '' : `.${fraction}`}${verb}${signedExponent(exponent)}`;
}

function signedExponent(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function fixed({ digits, point }: Digits, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const rest = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  const fraction = precision < 0 ? (digits === '0' ? '' : rest) : rest.slice(0, precision).padEnd(precision, '0');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

function general(value: number, verb: string, precision: number): string {
  const isShortest = precision < 0;
  const wanted = precision === 0 ? 1 : precision;
  const rounded = isShortest ? shortest(value) : significant(value, wanted);
  const digits = rounded.digits.replace(/(?<=.)0+$/, '');
  let threshold = isShortest ? 6 : wanted;
  if (!isShortest && threshold > digits.length && digits.length >= rounded.point) threshold = digits.length;
  const exponent = rounded.point - 1;
  if (exponent < -4 || exponent >= threshold) {
    return exponential({ digits, point: rounded.point }, -1, verb === 'g' ? 'e' : 'E');
  }
  return fixed({ digits, point: rounded.point }, -1);
}

function binary(value: number): string {
  const { integer, exponent } = parts(value);
  return `${integer}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

function hexadecimal(value: number, verb: string, precision: number): string {
  if (value === 0) return styled(`0x0${precision > 0 ? `.${'0'.repeat(precision)}` : ''}p+00`, verb);
  let { integer, exponent } = parts(value);
  while (integer < 1n << 52n) {
    integer <<= 1n;
    exponent -= 1;
  }
  let power = exponent + 52;
  let fractionDigits = 13;
  if (precision >= 0 && precision < 13) {
    integer = divideToEven(integer, 1n << BigInt((13 - precision) * 4));
    fractionDigits = precision;
    if (integer >> BigInt(precision * 4) > 1n) {
      integer >>= 1n;
      power += 1;
    }
  }
  const hex = integer.toString(16).padStart(fractionDigits + 1, '0');
  const fraction = precision < 0 ? hex.slice(1).replace(/0+$/, '') : hex.slice(1).padEnd(precision, '0');
  return styled(`0x${hex.charAt(0)}${fraction === '' ? '' : `.${fraction}`}p${signedExponent(power)}`, verb);
}

function styled(text: string, verb: string): string {
  return verb === 'X' ? text.toUpperCase() : text;
}
