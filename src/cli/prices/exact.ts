/** Prices of a catalogue as exact integers: its numbers are decimal text that a double carried, and are read as text. */

const DECIMAL = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;
const MAX_SHIFT = 30;

/**
 * @param shift decimal places to the left: 6 turns USD per million tokens into pico-USD per token
 * @returns undefined where it is not a whole number then, negative, or more than a double holds exactly
 */
export function shifted(value: number, shift: number): number | undefined {
  const [, whole, fraction = '', exponent = '0'] = DECIMAL.exec(String(value)) ?? [];
  if (whole === undefined) return undefined;
  const places = shift + Number(exponent) - fraction.length;
  if (Math.abs(places) > MAX_SHIFT) return undefined;
  const digits = BigInt(whole + fraction);
  const unit = 10n ** BigInt(Math.abs(places));
  if (places < 0 && digits % unit !== 0n) return undefined;
  const scaled = places < 0 ? digits / unit : digits * unit;
  return scaled <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(scaled) : undefined;
}
