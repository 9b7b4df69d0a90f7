/**
 * The deprecated cast_* builtins of Rego v0, and trace, which tells nobody.
 * Owns: those. May import: the values beside it. Fails: undefined where the operand is of another type.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { isArray, isObject, isSet, setOf } from './value.ts';

function passing(accepts: (value: unknown) => boolean): HostBuiltin {
  return (_evaluation, value) => (accepts(value) ? value : undefined);
}

function toArray(evaluation: BuiltinContext, value: unknown): unknown {
  if (!isSet(value)) return isArray(value) ? value : undefined;
  evaluation.charge(value.size);
  return [...value];
}

function toSet(evaluation: BuiltinContext, value: unknown): unknown {
  if (!isArray(value)) return isSet(value) ? value : undefined;
  evaluation.charge(value.length * 20);
  return setOf(value);
}

export const CASTS: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['cast_array', toArray],
  ['cast_set', toSet],
  ['cast_string', passing((value) => typeof value === 'string')],
  ['cast_boolean', passing((value) => typeof value === 'boolean')],
  ['cast_null', passing((value) => value === null)],
  ['cast_object', passing(isObject)],
  ['trace', (_evaluation, note) => (typeof note === 'string' ? true : undefined)],
];
