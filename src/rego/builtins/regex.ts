/**
 * regex.*: Go's regexp (RE2 syntax and semantics) through re2js; never a backtracking engine on a policy's pattern.
 * Owns: compiled patterns in a bounded cache, and Go's rules for repeated and empty matches, splitting and expansion.
 * May import: re2js, the operands and globs beside it. Fails: undefined where a pattern does not compile.
 */
import { RE2JS } from 're2js';

import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { globsIntersect } from './glob-intersection.ts';
import { chargeMembers, chargeText, intOperand, MAX_TEXT_LENGTH, stringOperand, undefinedBecause } from './operand.ts';

/** Start and end of the whole match and of each group; −1 where a group took no part. */
type Match = ReadonlyArray<readonly [start: number, end: number]>;

const MAX_CACHED_PATTERNS = 200;
const MAX_PATTERN_LENGTH = 16_384;

/** Patterns and what they compiled to, the least lately used first; undefined where they do not compile. */
const patterns = new Map<string, RE2JS | undefined>();

function compiled(pattern: string): RE2JS | undefined {
  if (patterns.has(pattern)) {
    const known = patterns.get(pattern);
    patterns.delete(pattern);
    patterns.set(pattern, known);
    return known;
  }
  const made = compile(pattern);
  patterns.set(pattern, made);
  if (patterns.size > MAX_CACHED_PATTERNS) {
    for (const oldest of patterns.keys()) {
      patterns.delete(oldest);
      break;
    }
  }
  return made;
}

function compile(pattern: string): RE2JS | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) return undefined;
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

function patternOperand(evaluation: BuiltinContext, value: unknown, position: number): RE2JS {
  const pattern = stringOperand(value, position);
  evaluation.charge(pattern.length * 4);
  return compiled(pattern) ?? undefinedBecause(`operand ${position} is not a regular expression`);
}

/**
 * Matches from left to right, as Go finds them: an empty match right after another match does not count.
 * @param limit most matches; negative for all
 */
function matchesOf(evaluation: BuiltinContext, pattern: RE2JS, text: string, limit: number): Match[] {
  const found: Match[] = [];
  const matcher = pattern.matcher(text);
  const groups = pattern.groupCount();
  evaluation.charge(text.length * 10);
  let position = 0;
  let previousEnd = -1;
  while (position <= text.length && (limit < 0 || found.length < limit) && matcher.find(position)) {
    const start = matcher.start();
    const end = matcher.end();
    evaluation.charge(50 + (end - position) * 4);
    const emptyAfterMatch = end === position && start === previousEnd;
    position = end === position ? position + characterLength(text, position) : end;
    previousEnd = end;
    if (emptyAfterMatch) continue;
    const match: Array<readonly [number, number]> = [];
    for (let group = 0; group <= groups; group += 1) match.push([matcher.start(group), matcher.end(group)]);
    found.push(match);
  }
  chargeMembers(evaluation, 'regex', found.length);
  return found;
}

function characterLength(text: string, position: number): number {
  return (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}

function textOf(text: string, span: readonly [number, number] | undefined): string {
  return span === undefined || span[0] < 0 ? '' : text.slice(span[0], span[1]);
}

function isValid(_evaluation: BuiltinContext, pattern: unknown): boolean {
  return typeof pattern === 'string' && compiled(pattern) !== undefined;
}

function match(evaluation: BuiltinContext, pattern: unknown, value: unknown): boolean {
  const text = stringOperand(value, 2);
  const regex = patternOperand(evaluation, pattern, 1);
  evaluation.charge(text.length * 10);
  return regex.test(text);
}

function split(evaluation: BuiltinContext, pattern: unknown, value: unknown): string[] {
  const text = stringOperand(value, 2);
  const regex = patternOperand(evaluation, pattern, 1);
  if (text === '' && regex.pattern() !== '') return [''];
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const [whole] of matchesOf(evaluation, regex, text, -1)) {
    if (whole === undefined) continue;
    end = whole[0];
    if (whole[1] !== 0) parts.push(text.slice(begin, end));
    begin = whole[1];
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return parts;
}

function find(evaluation: BuiltinContext, pattern: unknown, value: unknown, count: unknown): string[] {
  const text = stringOperand(value, 2);
  const limit = intOperand(count, 3);
  const regex = patternOperand(evaluation, pattern, 1);
  return matchesOf(evaluation, regex, text, limit).map(([whole]) => textOf(text, whole));
}

function findAllSubmatches(evaluation: BuiltinContext, pattern: unknown, value: unknown, count: unknown): string[][] {
  const text = stringOperand(value, 2);
  const limit = intOperand(count, 3);
  const regex = patternOperand(evaluation, pattern, 1);
  return matchesOf(evaluation, regex, text, limit).map((spans) => spans.map((span) => textOf(text, span)));
}

function replace(evaluation: BuiltinContext, base: unknown, pattern: unknown, replacement: unknown): string {
  const text = stringOperand(base, 1);
  const template = stringOperand(replacement, 3);
  const regex = patternOperand(evaluation, pattern, 2);
  const names = regex.namedGroups();
  let replaced = '';
  let last = 0;
  for (const spans of matchesOf(evaluation, regex, text, -1)) {
    const whole = spans[0];
    if (whole === undefined) continue;
    replaced += text.slice(last, whole[0]) + expand(template, text, spans, names);
    if (replaced.length > MAX_TEXT_LENGTH) chargeText(evaluation, 'regex.replace', replaced.length);
    last = whole[1];
  }
  replaced += text.slice(last);
  chargeText(evaluation, 'regex.replace', replaced.length);
  return replaced;
}

const REFERENCE = /\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

/** `$1`, `${1}`, `$name`, `${name}` and `$$`, as Go's Regexp.Expand; a group that does not exist is empty. */
function expand(template: string, text: string, spans: Match, names: Readonly<Record<string, number>>): string {
  if (!template.includes('$')) return template;
  return template.replace(
    REFERENCE,
    (_all, dollar: string | undefined, braced: string | undefined, bare: string | undefined) => {
      if (dollar !== undefined) return '$';
      const name = braced ?? bare ?? '';
      if (/^\d+$/.test(name)) return textOf(text, spans[Number(name)]);
      const group = Object.hasOwn(names, name) ? names[name] : undefined;
      return group === undefined ? '' : textOf(text, spans[group]);
    },
  );
}

/** A template of literal text with expressions between delimiters, matched as a whole. */
function templateMatch(
  evaluation: BuiltinContext,
  template: unknown,
  value: unknown,
  start: unknown,
  end: unknown,
): boolean {
  const source = stringOperand(template, 1);
  const text = stringOperand(value, 2);
  const open = stringOperand(start, 3);
  const close = stringOperand(end, 4);
  if (Buffer.byteLength(open) !== 1) undefinedBecause('start delimiter has to be exactly one character long');
  if (Buffer.byteLength(close) !== 1) undefinedBecause('end delimiter has to be exactly one character long');
  let pattern = '^';
  let last = 0;
  for (const [from, to] of delimited(source, open, close)) {
    const expression = source.slice(from + 1, to - 1);
    if (compiled(`^${expression}$`) === undefined) undefinedBecause('an expression of the template does not compile');
    pattern += `${RE2JS.quote(source.slice(last, from))}(${expression})`;
    last = to;
  }
  pattern += `${RE2JS.quote(source.slice(last))}$`;
  return match(evaluation, pattern, text);
}

/** Spans of the outermost delimited parts, delimiters included. */
function delimited(source: string, open: string, close: string): Array<readonly [number, number]> {
  const spans: Array<readonly [number, number]> = [];
  let level = 0;
  let from = 0;
  for (let i = 0; i < source.length; i += 1) {
    if (source[i] === open) {
      level += 1;
      if (level === 1) from = i;
    } else if (source[i] === close) {
      level -= 1;
      if (level === 0) spans.push([from, i + 1]);
      if (level < 0) undefinedBecause('unbalanced braces');
    }
  }
  return level === 0 ? spans : undefinedBecause('unbalanced braces');
}

function globsMatch(evaluation: BuiltinContext, left: unknown, right: unknown): boolean {
  return (
    globsIntersect(stringOperand(left, 1), stringOperand(right, 2), (units) => evaluation.charge(units)) ??
    undefinedBecause('an operand is not a glob')
  );
}

export const REGEX: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['regex.is_valid', isValid],
  ['regex.match', match],
  ['re_match', match],
  ['regex.split', split],
  ['regex.find_n', find],
  ['regex.find_all_string_submatch_n', findAllSubmatches],
  ['regex.replace', replace],
  ['regex.template_match', templateMatch],
  ['regex.globs_match', globsMatch],
];
