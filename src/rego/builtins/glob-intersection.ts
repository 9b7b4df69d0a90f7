/**
 * Whether two glob-style patterns (`.`, `[a-z]`, `x+`, `x*`, `\` escapes) have a text in common (regex.globs_match).
 * Owns: that pattern language and the walk over pairs of positions, which is polynomial. May import: nothing.
 * Fails: undefined where an operand is not such a pattern.
 */

type Flag = 'once' | 'plus' | 'star';

/** What one token matches: any character, or one within inclusive ranges of code points. */
interface Token {
  readonly ranges: ReadonlyArray<readonly [number, number]> | 'any';
  readonly flag: Flag;
}

/**
 * @param charge takes fuel for the pairs of positions walked
 * @returns undefined where an operand is malformed; two patterns that share the empty text alone do not intersect
 */
export function globsIntersect(left: string, right: string, charge: (units: number) => void): boolean | undefined {
  const a = tokensOf(left);
  const b = tokensOf(right);
  if (a === undefined || b === undefined) return undefined;
  if (a.length === 0 || b.length === 0) return a.length === b.length;
  return walk(a, b, charge);
}

function walk(a: readonly Token[], b: readonly Token[], charge: (units: number) => void): boolean {
  const seen = new Set<number>();
  const pending: Array<readonly [number, number, boolean]> = [];
  const visit = (i: number, j: number, consumed: boolean): void => {
    const key = (i * (b.length + 1) + j) * 2 + (consumed ? 1 : 0);
    if (seen.has(key)) return;
    seen.add(key);
    charge(50);
    pending.push([i, j, consumed]);
  };
  visit(0, 0, false);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [i, j, consumed] = next;
    if (i === a.length && j === b.length && consumed) return true;
    const x = a[i];
    const y = b[j];
    if (x?.flag === 'star') visit(i + 1, j, consumed);
    if (y?.flag === 'star') visit(i, j + 1, consumed);
    if (x === undefined || y === undefined || !overlap(x, y)) continue;
    // One character: each side moves on, or stays where its token may repeat.
    visit(i + 1, j + 1, true);
    if (x.flag !== 'once') visit(i, j + 1, true);
    if (y.flag !== 'once') visit(i + 1, j, true);
    if (x.flag !== 'once' && y.flag !== 'once') visit(i, j, true);
  }
  return false;
}

function overlap(a: Token, b: Token): boolean {
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
    if (characters[at] === ']') return { ranges, next: at + 1 };
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
