/**
 * numbers.range_step, and rand.intn from the evaluation's seed.
 * Owns: those. May import: the operands beside it. Fails: undefined where a step is not positive.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { integerResult } from './number.ts';
import { bigIntOperand, chargeMembers, stringOperand, tooLarge, undefinedBecause } from './operand.ts';

const INT64_LIMIT = 2n ** 63n;

function rangeStep(evaluation: BuiltinContext, from: unknown, to: unknown, by: unknown): Array<number | bigint> {
  const start = bigIntOperand(from, 1);
  const end = bigIntOperand(to, 2);
  const step = bigIntOperand(by, 3);
  if (step <= 0n) undefinedBecause('step must be a positive integer');
  const distance = start <= end ? end - start : start - end;
  const count = Number(distance / step) + 1;
  chargeMembers(evaluation, 'numbers.range_step', count);
  const signed = start <= end ? step : -step;
  const range: Array<number | bigint> = [];
  for (let i = 0, value = start; i < count; i += 1, value += signed) range.push(integerResult(value));
  return range;
}

/** The same label and bound give the same number within an evaluation. */
function intn(evaluation: BuiltinContext, label: unknown, bound: unknown): number | bigint {
  const name = stringOperand(label, 1);
  const signed = bigIntOperand(bound, 2);
  if (signed <= -INT64_LIMIT || signed >= INT64_LIMIT) tooLarge('rand.intn with a bound beyond 64 bits');
  const n = signed < 0n ? -signed : signed;
  if (n === 0n) return 0;
  // 128 bits for at most 63: the bias of the remainder is below 2^-64.
  const bytes = evaluation.randomBytes(`rand.intn:${name}-${n}`, 16);
  return integerResult(BigInt(`0x${Buffer.from(bytes).toString('hex')}`) % n);
}

export const NUMBERS: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['numbers.range_step', rangeStep],
  ['rand.intn', intn],
];
