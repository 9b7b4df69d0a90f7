/** bits.*: integers of any size in two's complement. */
import { isNumber } from '../decimal.ts';
import { charge } from '../fuel.ts';
import { integerOf, type Native, type NativeEntries, ofInteger } from './native.ts';

/** A shift by more bits makes a number that no policy wants. */
const MAX_SHIFT = 100_000n;

const FUEL_PER_NUMBER = 50;

const ofTwo =
  (combine: (left: bigint, right: bigint) => bigint | undefined): Native =>
  (left, right) => {
    if (!isNumber(left) || !isNumber(right)) return undefined;
    const [a, b] = [integerOf(left), integerOf(right)];
    if (a === undefined || b === undefined) return undefined;
    charge(FUEL_PER_NUMBER);
    const combined = combine(a, b);
    return combined === undefined ? undefined : ofInteger(combined);
  };

function shifted(value: bigint, by: bigint, to: 1n | -1n): bigint | undefined {
  if (by < 0n) return undefined;
  if (to === -1n) return value >> by;
  if (by > MAX_SHIFT) charge(Number.MAX_SAFE_INTEGER);
  charge(Number(by) >> 3);
  return value << by;
}

export const BITS: NativeEntries = [
  ['bits.or', ofTwo((a, b) => a | b)],
  ['bits.and', ofTwo((a, b) => a & b)],
  ['bits.xor', ofTwo((a, b) => a ^ b)],
  ['bits.lsh', ofTwo((a, b) => shifted(a, b, 1n))],
  ['bits.rsh', ofTwo((a, b) => shifted(a, b, -1n))],
  [
    'bits.negate',
    (value) => {
      const integer = isNumber(value) ? integerOf(value) : undefined;
      return integer === undefined ? undefined : ofInteger(~integer);
    },
  ],
];
