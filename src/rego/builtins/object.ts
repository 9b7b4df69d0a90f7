/**
 * object.subset.
 * Owns: what a subset is, for objects, sets, arrays, and a set within an array. May import: the values beside it.
 * Fails: undefined where the two are of kinds that do not compare.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { undefinedBecause } from './operand.ts';
import { entriesOf, equalValues, isArray, isObject, isSet, memberOf, type ObjectValue, setHas } from './value.ts';

type Charge = (units: number) => void;

/** Every key is there, with an equal value or one that is a subset in turn. */
function objectSubset(larger: ObjectValue, smaller: ObjectValue, charge: Charge): boolean {
  return entriesOf(smaller).every(([key, value]) => {
    charge(20);
    const other = memberOf(larger, key);
    if (other === undefined) return false;
    if (equalValues(other, value)) return true;
    if (isObject(other) && isObject(value)) return objectSubset(other, value, charge);
    if (isSet(other) && isSet(value)) return setSubset(other, value, charge);
    return isArray(other) && isArray(value) && arraySubset(other, value, charge);
  });
}

function setSubset(larger: ReadonlySet<unknown>, smaller: ReadonlySet<unknown>, charge: Charge): boolean {
  charge(larger.size * smaller.size);
  return [...smaller].every((member) => setHas(larger, member));
}

/** The smaller is a run of consecutive elements of the larger. */
function arraySubset(larger: readonly unknown[], smaller: readonly unknown[], charge: Charge): boolean {
  charge(larger.length * Math.max(1, smaller.length));
  if (smaller.length > larger.length) return false;
  for (let start = 0; start + smaller.length <= larger.length; start += 1) {
    if (smaller.every((element, i) => equalValues(larger[start + i], element))) return true;
  }
  return false;
}

/** OPA counts the elements that the set holds, repeated ones each time. */
function setWithinArray(array: readonly unknown[], set: ReadonlySet<unknown>, charge: Charge): boolean {
  charge(array.length * Math.max(1, set.size));
  if (array.length === 0) return false;
  return array.filter((element) => setHas(set, element)).length >= set.size;
}

function subset(evaluation: BuiltinContext, larger: unknown, smaller: unknown): boolean {
  const charge = (units: number): void => evaluation.charge(units);
  if (isObject(larger) && isObject(smaller)) return objectSubset(larger, smaller, charge);
  if (isSet(larger) && isSet(smaller)) return setSubset(larger, smaller, charge);
  if (isArray(larger) && isArray(smaller)) return arraySubset(larger, smaller, charge);
  if (isArray(larger) && isSet(smaller)) return setWithinArray(larger, smaller, charge);
  return undefinedBecause('both arguments object.subset must be of the same type or array and set');
}

export const OBJECT: ReadonlyArray<readonly [string, HostBuiltin]> = [['object.subset', subset]];
