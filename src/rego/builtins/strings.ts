/**
 * The strings.* builtins that compiled policy leaves to its host, and indexof_n.
 * Owns: those. May import: the operands beside it. Fails: undefined where an operand is of the wrong type.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { chargeMembers, intOperand, stringOperand, stringsOperand, undefinedBecause } from './operand.ts';

function oneOrMany(value: unknown, position: number): readonly string[] {
  return typeof value === 'string' ? [value] : stringsOperand(value, position);
}

function anyAffix(
  evaluation: BuiltinContext,
  search: unknown,
  base: unknown,
  matches: (text: string, affix: string) => boolean,
): boolean {
  const texts = oneOrMany(search, 1);
  const affixes = oneOrMany(base, 2);
  evaluation.charge(texts.length * affixes.length * 8);
  return texts.some((text) => affixes.some((affix) => matches(text, affix)));
}

function anyPrefixMatch(evaluation: BuiltinContext, search: unknown, base: unknown): boolean {
  return anyAffix(evaluation, search, base, (text, prefix) => text.startsWith(prefix));
}

function anySuffixMatch(evaluation: BuiltinContext, search: unknown, base: unknown): boolean {
  return anyAffix(evaluation, search, base, (text, suffix) => text.endsWith(suffix));
}

/** Occurrences that do not overlap; an empty text occurs before and after every character. */
function count(evaluation: BuiltinContext, search: unknown, substring: unknown): number {
  const text = stringOperand(search, 1);
  const part = stringOperand(substring, 2);
  evaluation.charge(text.length);
  if (part === '') return [...text].length + 1;
  let occurrences = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) occurrences += 1;
  return occurrences;
}

/** Positions in characters, overlapping ones included. */
function indexesOf(evaluation: BuiltinContext, haystack: unknown, needle: unknown): number[] {
  const text = stringOperand(haystack, 1);
  const part = stringOperand(needle, 2);
  if (part === '') undefinedBecause('empty search character');
  evaluation.charge(text.length * 2);
  const positions: number[] = [];
  let counted = 0;
  let characters = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    for (; counted < at; counted += 1) if (!isLowSurrogate(text.charCodeAt(counted))) characters += 1;
    positions.push(characters);
    evaluation.charge(part.length);
  }
  chargeMembers(evaluation, 'indexof_n', positions.length);
  return positions;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The first n parts, or the last −n. */
function splitN(evaluation: BuiltinContext, value: unknown, delimiter: unknown, limit: unknown): string[] {
  const text = stringOperand(value, 1);
  const separator = stringOperand(delimiter, 2);
  const n = intOperand(limit, 3);
  evaluation.charge(text.length);
  const parts = separator === '' ? [...text] : text.split(separator);
  chargeMembers(evaluation, 'strings.split_n', parts.length);
  return n >= 0 ? parts.slice(0, n) : parts.slice(Math.max(parts.length + n, 0));
}

export const STRINGS: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['strings.any_prefix_match', anyPrefixMatch],
  ['strings.any_suffix_match', anySuffixMatch],
  ['strings.count', count],
  ['strings.split_n', splitN],
  ['indexof_n', indexesOf],
];
