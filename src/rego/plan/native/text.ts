/** Texts, counted and cut by character (code point), never by half of one. */

import { compareText } from '../../rego-order.ts';
import { isNumber, scaledOf } from '../decimal.ts';
import { charge, FUEL_PER_COMPOSITE } from '../fuel.ts';
import { isObject, keysOf, objectMember } from '../values.ts';
import { charactersIn, membersOf } from './collections.ts';
import { indexOf, integerOf, type Native, type NativeEntries } from './native.ts';
import { lower, upper } from './text-case.ts';

/** Largest text, in UTF-16 units, that a builtin makes. */
const MAX_LENGTH = 4 * 1024 * 1024;

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Pays for a text before it is made. */
function pay(length: number): void {
  charge(length > MAX_LENGTH ? Number.MAX_SAFE_INTEGER : length >> 2);
}

const ofOne =
  (work: (text: string) => unknown): Native =>
  (value) => {
    if (!isText(value)) return undefined;
    charge(value.length >> 2);
    return work(value);
  };

const ofTwo =
  (work: (text: string, other: string) => unknown): Native =>
  (value, other) => {
    if (!isText(value) || !isText(other)) return undefined;
    charge((value.length + other.length) >> 3);
    return work(value, other);
  };

const concat = (delimiter: unknown, value: unknown): unknown => {
  const members = membersOf(value);
  if (!isText(delimiter) || members === undefined || !members.every(isText)) return undefined;
  pay(members.reduce((total, member) => total + member.length + delimiter.length, 0));
  return members.join(delimiter);
};

const indexof = (value: unknown, part: unknown): unknown => {
  if (!isText(value) || !isText(part)) return undefined;
  charge(value.length >> 2);
  const at = value.indexOf(part);
  return at <= 0 ? at : charactersIn(value.slice(0, at));
};

const substring = (value: unknown, offset: unknown, count: unknown): unknown => {
  if (!isText(value) || !isNumber(offset) || !isNumber(count)) return undefined;
  const [start, length] = [indexOf(offset), indexOf(count)];
  if (start === undefined || length === undefined || start < 0) return undefined;
  charge(value.length >> 2);
  if (charactersIn(value) === value.length) {
    return length < 0 ? value.slice(start) : value.slice(start, start + length);
  }
  const characters = [...value];
  return (length < 0 ? characters.slice(start) : characters.slice(start, start + length)).join('');
};

function split(text: string, delimiter: string): unknown {
  const parts = delimiter === '' ? [...text] : text.split(delimiter);
  charge(parts.length * 2 + FUEL_PER_COMPOSITE);
  return parts;
}

const replace = (value: unknown, old: unknown, next: unknown): unknown => {
  if (!isText(value) || !isText(old) || !isText(next)) return undefined;
  charge(value.length >> 2);
  // An empty text stands before and behind every character, which a UTF-16 unit is not always.
  const parts = old === '' ? ['', ...value, ''] : value.split(old);
  pay(value.length + parts.length * next.length);
  return parts.join(next);
};

/** As Go's Replacer: at each place the first of the keys, in their order, that stands there; nothing is replaced twice. */
const replaceMany = (patterns: unknown, value: unknown): unknown => {
  if (!isObject(patterns) || !isText(value)) return undefined;
  const keys = keysOf(patterns);
  if (!keys.every(isText) || !keys.every((key) => isText(objectMember(patterns, key)))) return undefined;
  const olds = keys.sort(compareText);
  charge(value.length * (1 + olds.length));
  let made = '';
  let afterEmpty = false;
  for (let at = 0; at <= value.length; ) {
    const old = olds.find((key) => (key === '' ? !afterEmpty : value.startsWith(key, at)));
    if (old !== undefined) {
      const next = String(objectMember(patterns, old));
      pay(next.length);
      made += next;
      at += old.length;
      afterEmpty = old === '';
      continue;
    }
    afterEmpty = false;
    const character = String.fromCodePoint(value.codePointAt(at) ?? 0);
    if (at < value.length) made += character;
    at += character.length;
  }
  pay(made.length);
  return made;
};

function reverse(text: string): string {
  return [...text].reverse().join('');
}

/** As many as are among the characters, from the left. */
function trimLeft(text: string, cutset: string): string {
  const cut = new Set(cutset);
  let start = 0;
  for (const character of text) {
    if (!cut.has(character)) break;
    start += character.length;
  }
  return text.slice(start);
}

function trimRight(text: string, cutset: string): string {
  const cut = new Set(cutset);
  const characters = [...text];
  while (characters.length > 0 && cut.has(characters.at(-1) ?? '')) characters.pop();
  return characters.join('');
}

/** What Go's unicode.IsSpace takes for space. */
const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const LEADING_SPACE = new RegExp(`^${SPACE}+`);
const IS_SPACE = new RegExp(SPACE);

function trimSpace(text: string): string {
  const rest = text.replace(LEADING_SPACE, '');
  let end = rest.length;
  while (end > 0 && IS_SPACE.test(rest[end - 1] ?? '')) end -= 1;
  return rest.slice(0, end);
}

const BASES: readonly number[] = [2, 8, 10, 16];

/** The whole part, to base 2, 8, 10 or 16. */
const formatInt = (value: unknown, base: unknown): unknown => {
  if (!isNumber(value) || !isNumber(base)) return undefined;
  const radix = indexOf(base);
  if (radix === undefined || !BASES.includes(radix)) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value.toString(radix);
  const { digits, exponent } = scaledOf(value);
  const whole = integerOf(value) ?? (exponent < 0 ? digits / 10n ** BigInt(-exponent) : undefined);
  return whole?.toString(radix);
};

export const TEXT: NativeEntries = [
  ['concat', concat],
  ['format_int', formatInt],
  ['indexof', indexof],
  ['substring', substring],
  ['lower', ofOne(lower)],
  ['upper', ofOne(upper)],
  ['contains', ofTwo((text, part) => text.includes(part))],
  ['startswith', ofTwo((text, part) => text.startsWith(part))],
  ['endswith', ofTwo((text, part) => text.endsWith(part))],
  ['strings.reverse', ofOne(reverse)],
  ['split', ofTwo(split)],
  ['replace', replace],
  ['strings.replace_n', replaceMany],
  ['trim', ofTwo((text, cutset) => trimRight(trimLeft(text, cutset), cutset))],
  ['trim_left', ofTwo(trimLeft)],
  ['trim_right', ofTwo(trimRight)],
  ['trim_prefix', ofTwo((text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text))],
  ['trim_suffix', ofTwo((text, suffix) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text))],
  ['trim_space', ofOne(trimSpace)],
];
