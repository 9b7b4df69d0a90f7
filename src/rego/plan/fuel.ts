/**
 * What an evaluation of a plan may still do. Evaluations are synchronous and never nest, so one counter serves every
 * evaluator of a process; each sets it before it begins. One unit is about a nanosecond or two; what takes memory costs
 * several, so that the fuel bounds memory too. Fails with `evaluation_limit`.
 */
import { Failure } from '../../core/failure.ts';

export const fuel = { value: 0 };

/**
 * Memory that one unit can take, measured over what grows fastest: the default fuel of 20 million takes some 250 MiB.
 * What an evaluation may take in memory bounds its fuel by this.
 */
export const BYTES_PER_UNIT = 13;

/** For a composite value that is made: with the default fuel, about a million of them, in some 200 MiB. */
export const FUEL_PER_COMPOSITE = 10;

/** For an entry that is put into an object or a set. */
export const FUEL_PER_ENTRY = 20;

/** For a member of a composite that is compared, copied or named. */
export const FUEL_PER_MEMBER = 2;

export function charge(units: number): void {
  fuel.value -= units;
  if (fuel.value < 0) spent();
}

/** @throws Failure `evaluation_limit` */
export function spent(): never {
  throw new Failure('evaluation_limit', 'policy evaluation spent its fuel and was stopped');
}
