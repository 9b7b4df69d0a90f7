/**
 * Reading operands, and the two ways a builtin ends early: undefined (the caller's fault) and halted (a bound).
 * Owns: operand checks and the bounds shared by builtins. May import: core's Failure, the values beside it.
 * Fails: `Undefined` is thrown inside a builtin only; `guarded` turns it into `undefined`, all else into a Failure.
 */
import { Failure } from '../../core/failure.ts';
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { isNumeric, type Numeric, toInteger } from './number.ts';
import { isArray, isObject, isSet, type ObjectValue, typeName } from './value.ts';

/** Largest text, in UTF-16 units, that a builtin makes. */
export const MAX_TEXT_LENGTH = 4 * 1024 * 1024;

/** Most members that a builtin puts in one collection. */
export const MAX_MEMBERS = 1_000_000;

/** What `guarded` answers with `undefined`: a non-halting error in Rego. Never leaves this room. */
class Undefined extends Error {
  override readonly name = 'Undefined';
}

/** Ends a builtin with Rego's undefined; the reason is for whoever debugs a builtin, policies never see it. */
export function undefinedBecause(reason: string): never {
  throw new Undefined(reason);
}

/** Whether work ends without being undefined; a Failure goes on. */
export function isDefined(work: () => unknown): boolean {
  try {
    return work() !== undefined;
  } catch (reason) {
    if (reason instanceof Undefined) return false;
    throw reason;
  }
}

/** Ends the evaluation: a bound of ours is passed. */
export function tooLarge(what: string): never {
  throw new Failure('evaluation_limit', `evaluation stopped: ${what}`);
}

/** Wraps a builtin so that nothing but a result, undefined or a Failure comes out of it. */
export function guarded(name: string, builtin: HostBuiltin): HostBuiltin {
  return (evaluation, ...operands) => {
    try {
      return builtin(evaluation, ...operands);
    } catch (reason) {
      if (reason instanceof Undefined) return undefined;
      if (reason instanceof Failure) throw reason;
      if (reason instanceof RangeError) return tooLarge(`${name} ran out of room`);
      throw new Failure('evaluation_failed', `builtin ${name} failed`, { cause: reason });
    }
  };
}

/** Pays for a text before it is made, and refuses one that is too large. */
export function chargeText(evaluation: BuiltinContext, name: string, length: number): void {
  if (length > MAX_TEXT_LENGTH) tooLarge(`${name} would make a text of ${length} characters, limit ${MAX_TEXT_LENGTH}`);
  evaluation.charge(length);
}

/** Pays for members before they are made, and refuses a collection that is too large. */
export function chargeMembers(evaluation: BuiltinContext, name: string, count: number): void {
  if (count > MAX_MEMBERS) tooLarge(`${name} would make ${count} members, limit ${MAX_MEMBERS}`);
  evaluation.charge(count * 20);
}

function mismatch(position: number, wanted: string, got: unknown): never {
  return undefinedBecause(`operand ${position} must be ${wanted} but got ${typeName(got)}`);
}

export function stringOperand(value: unknown, position: number): string {
  return typeof value === 'string' ? value : mismatch(position, 'string', value);
}

export function numberOperand(value: unknown, position: number): Numeric {
  return isNumeric(value) ? value : mismatch(position, 'number', value);
}

/** An integer of any size. */
export function bigIntOperand(value: unknown, position: number): bigint {
  const integer = toInteger(numberOperand(value, position));
  return integer ?? undefinedBecause(`operand ${position} must be integer number but got floating-point number`);
}

/** An integer of 64 bits, as the nearest double: exact up to 2^53, and good enough for lengths and counts beyond. */
export function intOperand(value: unknown, position: number): number {
  const integer = bigIntOperand(value, position);
  if (BigInt.asIntN(64, integer) !== integer) undefinedBecause(`operand ${position} must be a 64-bit integer`);
  return Number(integer);
}

export function arrayOperand(value: unknown, position: number): readonly unknown[] {
  return isArray(value) ? value : mismatch(position, 'array', value);
}

export function objectOperand(value: unknown, position: number): ObjectValue {
  return isObject(value) ? value : mismatch(position, 'object', value);
}

/** The members of an array or a set. */
export function membersOperand(value: unknown, position: number): readonly unknown[] {
  if (isArray(value)) return value;
  return isSet(value) ? [...value] : mismatch(position, 'one of {array, set}', value);
}

/** The strings of an array or a set that holds nothing else. */
export function stringsOperand(value: unknown, position: number): string[] {
  return membersOperand(value, position).map((member) => stringOperand(member, position));
}
