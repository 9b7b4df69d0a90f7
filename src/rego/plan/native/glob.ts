/**
 * glob.match, as OPA's WebAssembly has it: the pattern becomes a regular expression. `*` and `?` stop at delimiters, `**`
 * does not; `[abc]`, `[a-z]`, `[!a]`, `{this,that}` and `\` before what is meant literally.
 */
import type { HostBuiltin } from '../../builtin.ts';
import { guarded } from '../../builtins/operand.ts';
import { REGEX } from '../../builtins/regex.ts';

const regexes: ReadonlyMap<string, HostBuiltin> = new Map(REGEX);
const match = regexes.get('regex.match');

const SPECIAL = /[.,:"=<>[\]^/\\{}|*+?$()-]/g;
const escaped = (text: string): string => text.replace(SPECIAL, '\\$&');

/** Patterns and what they become; undefined where they are none. */
const known = new Map<string, string | undefined>();
const KNOWN_MAX = 1000;

function translated(glob: string, delimiters: readonly string[]): string | undefined {
  const key = JSON.stringify([glob, delimiters]);
  if (known.has(key)) return known.get(key);
  if (known.size >= KNOWN_MAX) known.clear();
  const made = translate(glob, delimiters);
  known.set(key, made);
  return made;
}

function translate(glob: string, delimiters: readonly string[]): string | undefined {
  if (delimiters.some((delimiter) => [...delimiter].length !== 1)) return undefined;
  const single = delimiters.length === 0 ? '.' : `[^${delimiters.map(escaped).join('')}]`;
  const characters = [...glob];
  let at = 0;
  let depth = 0;
  let regex = '^';
  while (at < characters.length) {
    const character = characters[at++] ?? '';
    if (character === '*') {
      const isSuper = characters[at] === '*';
      if (isSuper) at += 1;
      regex += isSuper ? '.*' : `${single}*`;
    } else if (character === '?') regex += single;
    else if (character === '{') {
      depth += 1;
      regex += '(';
    } else if (character === '}' && depth > 0) {
      depth -= 1;
      regex += ')';
    } else if (character === ',' && depth > 0) regex += '|';
    else if (character === '[') {
      const close = rangeEnd(characters, at);
      const range = close === undefined ? undefined : rangeOf(characters.slice(at, close));
      if (close === undefined || range === undefined) return undefined;
      regex += range;
      at = close + 1;
    } else if (character === '\\') {
      regex += escaped(characters[at] ?? '');
      at += 1;
    } else regex += escaped(character);
  }
  // What was opened and not closed is closed at the end.
  return `${regex}${')'.repeat(depth)}$`;
}

function rangeEnd(characters: readonly string[], from: number): number | undefined {
  for (let at = from; at < characters.length; at++) {
    if (characters[at] === '\\') at += 1;
    else if (characters[at] === ']') return at;
  }
  return undefined;
}

/** `[a-z]` or `[abc]`, `!` first to turn it round. */
function rangeOf(characters: readonly string[]): string | undefined {
  const turned = characters[0] === '!' ? '^' : '';
  const body = turned === '' ? characters : characters.slice(1);
  const [low, dash, high] = body;
  if (dash === '-' && body.length === 3 && low !== undefined && high !== undefined) {
    return low > high ? undefined : `[${turned}${escaped(low)}-${escaped(high)}]`;
  }
  const members = body.filter((character, index) => character !== '\\' || body[index - 1] === '\\');
  return members.length === 0 ? undefined : `[${turned}${members.map(escaped).join('')}]`;
}

const globMatch: HostBuiltin = (evaluation, pattern, delimiters, text) => {
  if (typeof pattern !== 'string' || typeof text !== 'string') return undefined;
  const separators = separatorsOf(delimiters);
  if (separators === undefined) return undefined;
  evaluation.charge(pattern.length);
  const regex = translated(pattern, separators);
  return regex === undefined ? undefined : match?.(evaluation, regex, text);
};

/** None given is a dot; null is none at all. */
function separatorsOf(delimiters: unknown): readonly string[] | undefined {
  if (delimiters === null) return [];
  if (!Array.isArray(delimiters) || !delimiters.every((each): each is string => typeof each === 'string'))
    return undefined;
  return delimiters.length === 0 ? ['.'] : delimiters;
}

/** Natives that need the evaluation, as host builtins do. */
export const NATIVE_HOSTED: ReadonlyMap<string, HostBuiltin> = new Map(
  [
    ...['regex.is_valid', 'regex.match', 're_match', 'regex.find_all_string_submatch_n'].flatMap((name) => {
      const regex = regexes.get(name);
      return regex === undefined ? [] : [[name, regex] as const];
    }),
    ['glob.match', globMatch] as const,
  ].map(([name, builtin]) => [name, guarded(name, builtin)]),
);
