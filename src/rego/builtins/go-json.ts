/**
 * JSON as Go's encoding/json writes it: sorted keys, `<`, `>` and `&` escaped, numbers as their text.
 * Owns: that text, and reading JSON into Rego's values without loss. May import: values and numbers beside it.
 * Fails: undefined from `parseJson` where a text is not JSON; writing never fails.
 */
import { ExactNumber } from '../builtin.ts';
import { isNumeric, numberText, numericOf } from './number.ts';
import { compareStrings, entriesOf, isArray, isObject, isSet, objectOf } from './value.ts';

/** How to spread a document over lines: what each line starts with, and what one level adds. */
export interface Indentation {
  readonly prefix: string;
  readonly indent: string;
}

function quote(text: string): string {
  return JSON.stringify(text.isWellFormed() ? text : text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Sets are arrays, and keys that are not strings are their own JSON text. */
export function writeJson(value: unknown, layout?: Indentation, level = 0): string {
  if (typeof value === 'string') return quote(value);
  if (isNumeric(value)) return numberText(value);
  if (isArray(value) || isSet(value)) {
    return bracketed(
      '[',
      [...value].map((member) => writeJson(member, layout, level + 1)),
      ']',
      layout,
      level,
    );
  }
  if (!isObject(value)) return String(value);
  const colon = layout === undefined ? ':' : ': ';
  const members = entriesOf(value)
    .map(([key, member]) => [typeof key === 'string' ? key : writeJson(key), member] as const)
    .sort((a, b) => compareStrings(a[0], b[0]))
    .map(([key, member]) => quote(key) + colon + writeJson(member, layout, level + 1));
  return bracketed('{', members, '}', layout, level);
}

function bracketed(
  open: string,
  members: readonly string[],
  close: string,
  layout: Indentation | undefined,
  level: number,
): string {
  if (layout === undefined || members.length === 0) return open + members.join(',') + close;
  const line = (depth: number): string => `\n${layout.prefix}${layout.indent.repeat(depth)}`;
  return open + members.map((member) => line(level + 1) + member).join(',') + line(level) + close;
}

const DEEPEST = 512;

/** Reads one JSON document; numbers keep their exact value, of repeated keys the last counts. */
export function parseJson(text: string): unknown {
  try {
    // With source text access a reviver sees each number as it was written.
    const revive = (_key: string, value: unknown, context: { source?: string }): unknown => {
      if (typeof value !== 'number') return reshaped(value);
      return numericOf(context.source ?? '') ?? new ExactNumber(context.source ?? String(value));
    };
    // JSON.parse's declared type lacks the reviver's third argument, which Node 21 and later pass.
    const parsed: unknown = JSON.parse(text, revive as (key: string, value: unknown) => unknown);
    return depthOf(parsed) > DEEPEST ? undefined : parsed;
  } catch {
    return undefined;
  }
}

/** JSON.parse makes `__proto__` an own property already; objects need no change, but keys are checked to be plain. */
function reshaped(value: unknown): unknown {
  return isObject(value) && Object.hasOwn(value, '__proto__') ? objectOf(Object.entries(value)) : value;
}

function depthOf(value: unknown): number {
  let deepest = 0;
  const pending: Array<readonly [unknown, number]> = [[value, 1]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [part, depth] = next;
    deepest = Math.max(deepest, depth);
    if (deepest > DEEPEST) return deepest;
    if (isArray(part)) for (const member of part) pending.push([member, depth + 1]);
    else if (isObject(part)) for (const [, member] of Object.entries(part)) pending.push([member, depth + 1]);
  }
  return deepest;
}
