/**
 * Builtins that OPA's WebAssembly answers by itself, for plans: they work on values as generated code holds them, pay from
 * the fuel of the evaluation, and answer undefined where an operand is of the wrong kind.
 */
import { type RegoNumber, scaledOf, toDouble } from '../decimal.ts';

export type Native = (...operands: unknown[]) => unknown;

export type NativeEntries = ReadonlyArray<readonly [name: string, native: Native]>;

/** The integer that a number is; undefined where it has a fraction. */
export function integerOf(value: RegoNumber): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  const { digits, exponent } = scaledOf(value);
  if (digits === 0n) return 0n;
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  if (exponent >= 0) return digits * 10n ** BigInt(exponent);
  const scale = 10n ** BigInt(-exponent);
  return digits % scale === 0n ? digits / scale : undefined;
}

const MAX_EXPONENT = 4096;

/** An integer that may count or place something; beyond a double's integers the nearest double does. */
export function indexOf(value: RegoNumber): number | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  return integerOf(value) === undefined ? undefined : toDouble(value);
}

export function ofInteger(value: bigint): number | bigint {
  const double = Number(value);
  return Number.isSafeInteger(double) ? double : value;
}
