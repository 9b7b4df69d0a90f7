/** Upper and lower case as Go maps them: each character to one character, whatever stands beside it. */

const ASCII = /^[\p{ASCII}]*$/u;

export function upper(text: string): string {
  return ASCII.test(text) ? text.toUpperCase() : Array.from(text, upperOf).join('');
}

export function lower(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : Array.from(text, lowerOf).join('');
}

function upperOf(character: string): string {
  const mapped = character.toUpperCase();
  if (isOne(mapped)) return mapped;
  // Greek with an iota below it has a capital of its own, which JavaScript spells with two letters.
  const point = character.codePointAt(0) ?? 0;
  if (point === 0x1fb3 || point === 0x1fc3 || point === 0x1ff3) return String.fromCodePoint(point + 9);
  const inBlock = point >= 0x1f80 && point <= 0x1faf && point % 16 < 8;
  return inBlock ? String.fromCodePoint(point + 8) : character;
}

function lowerOf(character: string): string {
  if (character === '\u0130') return 'i';
  const mapped = character.toLowerCase();
  return isOne(mapped) ? mapped : character;
}

const isOne = (text: string): boolean => text.length === String.fromCodePoint(text.codePointAt(0) ?? 0).length;
