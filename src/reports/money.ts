/** Amounts as text, from integer nano-USD and without a float: exactly, or rounded half away from zero for the eye. */

const NANO_DIGITS = 9;

/** Every digit: `1234000000n` is `1.234`, as files and programs want it. */
export function usd(nano: bigint): string {
  const { sign, whole, fraction } = digitsOf(nano);
  const rest = fraction.replace(/0+$/, '');
  return `${sign}${whole}${rest === '' ? '' : `.${rest}`}`;
}

/**
 * For people: cents from a dollar on, four digits below, and every digit of what four would hide: `$1,234.57`,
 * `$0.0421`, `$0.000012345`.
 */
export function dollars(nano: bigint): string {
  const size = nano < 0n ? -nano : nano;
  const sign = nano < 0n ? '-' : '';
  if (size === 0n) return '$0.00';
  if (size < 100_000n) return `${sign}$${usd(size)}`;
  const places = size >= 1_000_000_000n ? 2 : 4;
  const unit = 10n ** BigInt(NANO_DIGITS - places);
  const { whole, fraction } = digitsOf(((size + unit / 2n) / unit) * unit);
  return `${sign}$${grouped(whole)}.${fraction.slice(0, places)}`;
}

/** A change: always with its sign, a real minus, and nothing where nothing changed. */
export function signedDollars(nano: bigint): string {
  if (nano === 0n) return '$0.00';
  return nano > 0n ? `+${dollars(nano)}` : `−${dollars(-nano)}`;
}

/** Thousands apart: `1,234,567`. */
export const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/** Rounded half away from zero to four places; undefined where there is nothing to compare with. */
export function ratio(part: bigint, whole: bigint): number | undefined {
  if (whole === 0n) return undefined;
  const negative = part < 0n !== whole < 0n;
  const top = (part < 0n ? -part : part) * 10_000n;
  const bottom = whole < 0n ? -whole : whole;
  const scaled = Number((2n * top + bottom) / (2n * bottom)) / 10_000;
  return negative && scaled !== 0 ? -scaled : scaled;
}

function digitsOf(nano: bigint): { readonly sign: string; readonly whole: string; readonly fraction: string } {
  const digits = (nano < 0n ? -nano : nano).toString().padStart(NANO_DIGITS + 1, '0');
  return {
    sign: nano < 0n ? '-' : '',
    whole: digits.slice(0, -NANO_DIGITS),
    fraction: digits.slice(-NANO_DIGITS),
  };
}
