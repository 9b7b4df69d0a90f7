/**
 * Text as Go quotes it (strconv.Quote and relatives), and values as Rego prints them (`%v` of a composite).
 * Owns: quoted and printed forms. May import: the values beside it. Fails: never.
 */
import { isNumeric, numberText } from './number.ts';
import { entriesOf, isArray, isObject, isSet } from './value.ts';

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** Whether Go calls a character printable: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(character: string): boolean {
  return PRINTABLE.test(character);
}

function quoteCharacter(character: string, quote: string, asciiOnly: boolean): string {
  if (character === quote) return `\\${quote}`;
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (asciiOnly ? code >= 0x20 && code < 0x7f : isPrintable(character)) return character;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

/** A text in double quotes. */
export function quoteText(text: string, asciiOnly = false): string {
  if (!asciiOnly && /^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const character of text) quoted += quoteCharacter(character, '"', asciiOnly);
  return `${quoted}"`;
}

/** A character in single quotes. */
export function quoteRune(character: string, asciiOnly = false): string {
  return `'${quoteCharacter(character, "'", asciiOnly)}'`;
}

/** Whether a text can stand between backquotes. */
export function canBackquote(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if ((code < 0x20 && code !== 0x09) || character === '`' || code === 0x7f || code === 0xfeff || code === 0xfffd)
      return false;
  }
  return true;
}

/** A value as Rego prints a term: sorted keys and members, `set()` for the empty set. */
export function printValue(value: unknown): string {
  if (typeof value === 'string') return quoteText(value);
  if (isNumeric(value)) return numberText(value);
  if (isArray(value)) return `[${value.map(printValue).join(', ')}]`;
  if (isSet(value)) return value.size === 0 ? 'set()' : `{${[...value].map(printValue).join(', ')}}`;
  if (isObject(value)) {
    return `{${entriesOf(value)
      .map(([key, member]) => `${printValue(key)}: ${printValue(member)}`)
      .join(', ')}}`;
  }
  return String(value);
}
