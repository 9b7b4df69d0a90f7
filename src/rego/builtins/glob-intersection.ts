/**
 * Whether two glob-style patterns (`.`, `[a-z]`, `x+`, `x*`, `\` escapes) have a text in common (regex.globs_match).
 * Owns: that pattern language and OPA's search through two of them. May import: nothing.
 * Fails: undefined where an operand is not such a pattern.
 */

type Flag = 'once' | 'plus' | 'star';

/** What one token matches: any character, or one within inclusive ranges of code points. */
interface Token {
  readonly ranges: ReadonlyArray<readonly [number, number]> | 'any';
  readonly flag: Flag;
}

type Tokens = readonly Token[];
type Charge = (units: number) => void;

/**
 * Decides as OPA does, step for step: its search commits to the first token that may end a repetition, so a few pairs
 * that do have a text in common are told apart, and policy tested with OPA must not decide otherwise here.
 * @param charge takes fuel for every step of the search, which may take very many
 * @returns undefined where an operand is malformed
 */
export function globsIntersect(left: string, right: string, charge: Charge): boolean | undefined {
  const a = tokensOf(left);
  const b = tokensOf(right);
  if (a === undefined || b === undefined) return undefined;
  const trimmed = trim(simplified(a), simplified(b));
  return trimmed !== undefined && intersect(trimmed[0], trimmed[1], charge);
}

/** One repeated token for several alike in a row. */
function simplified(tokens: Tokens): Tokens {
  const simple: Token[] = [];
  for (const token of tokens) {
    const last = simple.at(-1);
    if (last === undefined || last.flag === 'once' || token.flag === 'once' || !alike(last, token)) simple.push(token);
    else simple[simple.length - 1] = { ...last, flag: last.flag === 'plus' || token.flag === 'plus' ? 'plus' : 'star' };
  }
  return simple;
}

function alike(a: Token, b: Token): boolean {
  return JSON.stringify(a.ranges) === JSON.stringify(b.ranges);
}

/** Takes single tokens that match off both ends, the last of each end left; undefined where two do not match. */
function trim(a: Tokens, b: Tokens): readonly [Tokens, Tokens] | undefined {
  let start = 0;
  for (; bothOnce(a[start], b[start]); start += 1) if (!overlap(a[start], b[start])) return undefined;
  if (start > 0) start -= 1;
  let i = a.length - 1;
  let j = b.length - 1;
  for (; i >= start && j >= start && bothOnce(a[i], b[j]); i -= 1, j -= 1) if (!overlap(a[i], b[j])) return undefined;
  const spare = i < a.length - 1 ? 1 : 0;
  return [a.slice(start, i + 1 + spare), b.slice(start, j + 1 + spare)];
}

function bothOnce(a: Token | undefined, b: Token | undefined): boolean {
  return a?.flag === 'once' && b?.flag === 'once';
}

function intersect(a: Tokens, b: Tokens, charge: Charge): boolean {
  charge(10);
  let at = 0;
  for (; at < a.length && at < b.length; at += 1) {
    if (!bothOnce(a[at], b[at])) return repeated(a.slice(at), b.slice(at), charge);
    if (!overlap(a[at], b[at])) return false;
  }
  return at === a.length && at === b.length;
}

/** Either begins with a token that may repeat; the first one's goes first. */
function repeated(a: Tokens, b: Tokens, charge: Charge): boolean {
  charge(10 + a.length + b.length);
  const [repeating, other] = a[0]?.flag === 'once' ? [b, a] : [a, b];
  if (repeating[0]?.flag === 'star') return starred(repeating, other, charge);
  if (!overlap(repeating[0], other[0])) return false;
  if (starred(repeating, other.slice(1), charge)) return true;
  return other[0]?.flag !== 'once' && intersect(repeating.slice(1), other, charge);
}

/** The first token takes what it matches, until what follows it matches and goes on to the end. */
function starred(repeating: Tokens, other: Tokens, charge: Charge): boolean {
  const [token, next] = repeating;
  for (const [i, candidate] of other.entries()) {
    charge(10);
    if (next !== undefined && overlap(candidate, next) && intersect(repeating.slice(1), other.slice(i), charge))
      return true;
    if (!overlap(candidate, token)) return false;
  }
  return next === undefined;
}

function overlap(a: Token | undefined, b: Token | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (a.ranges === 'any' || b.ranges === 'any') return true;
  const others = b.ranges;
  return a.ranges.some(([low, high]) => others.some(([from, to]) => low <= to && from <= high));
}

function tokensOf(pattern: string): readonly Token[] | undefined {
  const characters = [...pattern];
  const tokens: Token[] = [];
  let at = 0;
  while (at < characters.length) {
    const read = readToken(characters, at);
    if (read === undefined) return undefined;
    const flag = characters[read.next];
    tokens.push({ ranges: read.ranges, flag: flag === '+' ? 'plus' : flag === '*' ? 'star' : 'once' });
    at = flag === '+' || flag === '*' ? read.next + 1 : read.next;
  }
  return tokens;
}

interface Read {
  readonly ranges: Token['ranges'];
  readonly next: number;
}

function readToken(characters: readonly string[], at: number): Read | undefined {
  const character = characters[at];
  switch (character) {
    case undefined:
    case ']':
    case '+':
    case '*':
      return undefined;
    case '.':
      return { ranges: 'any', next: at + 1 };
    case '[':
      return readSet(characters, at + 1);
    default: {
      const literal = readCharacter(characters, at);
      return literal && { ranges: [[literal.code, literal.code]], next: literal.next };
    }
  }
}

function readCharacter(
  characters: readonly string[],
  at: number,
): { readonly code: number; readonly next: number; readonly escaped: boolean } | undefined {
  const escaped = characters[at] === '\\';
  const code = characters[escaped ? at + 1 : at]?.codePointAt(0);
  return code === undefined ? undefined : { code, next: escaped ? at + 2 : at + 1, escaped };
}

function readSet(characters: readonly string[], start: number): Read | undefined {
  const ranges: Array<readonly [number, number]> = [];
  let previous: number | undefined;
  let at = start;
  while (at < characters.length) {
    if (characters[at] === ']') return { ranges: merged(ranges), next: at + 1 };
    if (characters[at] === '-') {
      const end = readCharacter(characters, at + 1);
      if (end === undefined || previous === undefined || end.code < previous) return undefined;
      if (!end.escaped && (characters[at + 1] === ']' || characters[at + 1] === '-')) return undefined;
      ranges.push([previous, end.code]);
      previous = undefined;
      at = end.next;
      continue;
    }
    const member = readCharacter(characters, at);
    if (member === undefined) return undefined;
    ranges.push([member.code, member.code]);
    previous = member.code;
    at = member.next;
  }
  return undefined;
}

/** Sorted ranges without overlaps: equal sets look alike. */
function merged(ranges: ReadonlyArray<readonly [number, number]>): Array<readonly [number, number]> {
  const result: Array<readonly [number, number]> = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1] + 1) result[result.length - 1] = [last[0], Math.max(last[1], to)];
    else result.push([from, to]);
  }
  return result;
}
