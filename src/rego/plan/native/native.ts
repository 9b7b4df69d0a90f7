/**
 * Builtins that OPA's WebAssembly answers by itself, for plans: they work on values as generated code holds them, pay from
 * the fuel of the evaluation, and answer undefined where an operand is of the wrong kind.
 */
import { type RegoNumber, scaledOf } from '../decimal.ts';

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

const INT64_LIMIT = 2 ** 63;

/** An integer of 64 bits that was written as one, `1.0` and `1e21` are not; beyond a double's integers the nearest double. */
export function indexOf(value: RegoNumber): number | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const isWritten = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  const nearest = isWritten ? Number(value) : INT64_LIMIT;
  return Math.abs(nearest) < INT64_LIMIT ? nearest : undefined;
}

export function ofInteger(value: bigint): number | bigint {
  const double = Number(value);
  return Number.isSafeInteger(double) ? double : value;
}
