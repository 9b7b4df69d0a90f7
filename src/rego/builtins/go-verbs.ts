/**
 * What a verb of Go's fmt prints for the four kinds of argument that Rego gives it: string, int64, *big.Int and float64.
 * Owns: verbs and flags. May import: quoting and floats beside it.
 * Fails: a verb that does not fit is an error text, as in Go; `room` may throw to bound the output.
 */
import { formatFloat } from './go-float.ts';
import { canBackquote, isPrintable, quoteRune, quoteText } from './go-quote.ts';

export type FormatArgument =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int64'; readonly value: bigint }
  | { readonly kind: '*big.Int'; readonly value: bigint }
  | { readonly kind: 'float64'; readonly value: number };

/** Called with the length of every piece before it is made. */
export type Room = (length: number) => void;

export interface Flags {
  sharp: boolean;
  zero: boolean;
  plus: boolean;
  minus: boolean;
  space: boolean;
  /** The sharp flag of `%v`, which asks for Go's syntax. */
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

export function noFlags(): Flags {
  return {
    sharp: false,
    zero: false,
    plus: false,
    minus: false,
    space: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

const MAX_RUNE = 0x10ffffn;

export function formatArgument(argument: FormatArgument, verb: string, flags: Flags, room: Room): string {
  room(64 + (flags.width ?? 0) + (flags.precision ?? 0));
  if (verb === 'T') return pad(truncated(argument.kind, flags), flags);
  const printed = verb === 'p' ? undefined : printAs(argument, verb, flags, room);
  return printed ?? `%!${verb}(${argument.kind}=${printAs(argument, 'v', flags, room) ?? ''})`;
}

/** The argument, or undefined where the verb is not one of its kind. */
function printAs(argument: FormatArgument, verb: string, flags: Flags, room: Room): string | undefined {
  switch (argument.kind) {
    case 'string':
      return printString(argument.value, verb, flags, room);
    case 'float64':
      return printFloat(argument.value, verb, flags, room);
    case 'int64':
      return printInteger(argument.value, verb, flags);
    case '*big.Int':
      return printBigInteger(argument.value, verb, flags);
  }
}

/** Pads to the width, counted in characters; the zero flag pads with zeros on the left. */
function pad(text: string, flags: Flags, zero: boolean = flags.zero): string {
  const width = flags.width ?? 0;
  const missing = text.length > width * 2 ? 0 : width - [...text].length;
  if (missing <= 0) return text;
  return flags.minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text;
}

function printString(value: string, verb: string, flags: Flags, room: Room): string | undefined {
  room(value.length * (verb === 'v' || verb === 's' ? 1 : 6));
  switch (verb) {
    case 'v':
      return pad(flags.sharpV ? quoted(value, flags) : truncated(value, flags), flags);
    case 's':
      return pad(truncated(value, flags), flags);
    case 'x':
    case 'X':
      return hexText(value, verb, flags);
    case 'q':
      return pad(quoted(value, flags), flags);
    default:
      return undefined;
  }
}

function truncated(value: string, { precision }: Flags): string {
  return precision === undefined || precision >= value.length ? value : [...value].slice(0, precision).join('');
}

function quoted(value: string, flags: Flags): string {
  const text = truncated(value, flags);
  return flags.sharp && canBackquote(text) ? `\`${text}\`` : quoteText(text, flags.plus);
}

function hexText(value: string, verb: string, flags: Flags): string {
  const bytes = Buffer.from(value, 'utf8').subarray(0, flags.precision);
  const prefix = flags.sharp ? `0${verb}` : '';
  const pairs = Array.from(bytes, (byte) => {
    const pair = byte.toString(16).padStart(2, '0');
    return verb === 'X' ? pair.toUpperCase() : pair;
  });
  const text = flags.space ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join('');
  return pad(pairs.length === 0 ? '' : text, flags);
}

/** Of each verb for floats: strconv's format, and the precision without one given. */
const FLOAT_VERBS: ReadonlyMap<string, readonly [string, number]> = new Map([
  ['v', ['g', -1]],
  ['b', ['b', -1]],
  ['g', ['g', -1]],
  ['G', ['G', -1]],
  ['x', ['x', -1]],
  ['X', ['X', -1]],
  ['f', ['f', 6]],
  ['F', ['f', 6]],
  ['e', ['e', 6]],
  ['E', ['E', 6]],
]);

function printFloat(value: number, verb: string, flags: Flags, room: Room): string | undefined {
  const [format, standard] = FLOAT_VERBS.get(verb) ?? [];
  if (format === undefined || standard === undefined) return undefined;
  const precision = flags.precision ?? standard;
  const signed = formatFloat(value, format, precision);
  room(signed.length);
  const isNegative = signed.startsWith('-');
  let text = signed.replace(/^[+-]/, '');
  const sign = isNegative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  if (text === 'Inf' || text === 'NaN') return pad((text === 'Inf' && sign === '' ? '+' : sign) + text, flags, false);
  if (flags.sharp && verb !== 'b') text = withPoint(text, verb, precision);
  const width = flags.width ?? 0;
  if (sign !== '' && flags.zero && !flags.minus && width > text.length + 1) return sign + text.padStart(width - 1, '0');
  return pad(sign + text, flags);
}

/** The sharp flag on a float: always a point, and for %v, %g and %x trailing zeros up to the precision. */
function withPoint(text: string, verb: string, precision: number): string {
  const tailAt = text.search(verb === 'x' || verb === 'X' ? /[pP]/ : /[eE]/);
  const head = tailAt < 0 ? text : text.slice(0, tailAt);
  const tail = tailAt < 0 ? '' : text.slice(tailAt);
  let digits = 'vgGx'.includes(verb) ? (precision === -1 ? 6 : precision) : 0;
  digits -= head.replace('.', '').replace(/^0+/, '').length;
  if (head === '0') digits -= 1;
  return head + (head.includes('.') ? '' : '.') + '0'.repeat(Math.max(0, digits)) + tail;
}

function printInteger(value: bigint, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case 'v':
    case 'd':
      return integer(value, 10, verb, flags);
    case 'b':
      return integer(value, 2, verb, flags);
    case 'o':
    case 'O':
      return integer(value, 8, verb, flags);
    case 'x':
    case 'X':
      return integer(value, 16, verb, flags);
    case 'c':
      return pad(runeOf(value), flags);
    case 'q':
      return pad(quoteRune(runeOf(value), flags.plus), flags);
    case 'U':
      return unicode(value, flags);
    default:
      return undefined;
  }
}

function integer(value: bigint, base: number, verb: string, flags: Flags): string {
  const { precision, width = 0, zero, minus, plus, space, sharp } = flags;
  if (precision === 0 && value === 0n) return ' '.repeat(width);
  const negative = value < 0n;
  let digits = (negative ? -value : value).toString(base);
  if (verb === 'X') digits = digits.toUpperCase();
  let least = precision ?? 0;
  if (precision === undefined && zero && !minus) least = negative || plus || space ? width - 1 : width;
  digits = digits.padStart(least, '0');
  if (sharp) {
    if (base === 2) digits = `0b${digits}`;
    else if (base === 8 && !digits.startsWith('0')) digits = `0${digits}`;
    else if (base === 16) digits = `0${verb === 'X' ? 'X' : 'x'}${digits}`;
  }
  if (verb === 'O') digits = `0o${digits}`;
  return pad((negative ? '-' : plus ? '+' : space ? ' ' : '') + digits, flags, false);
}

function unicode(value: bigint, flags: Flags): string {
  const code = BigInt.asUintN(64, value);
  const hex = code.toString(16).toUpperCase();
  const text = `U+${hex.padStart(Math.max(4, flags.precision ?? 4), '0')}`;
  const character = code <= MAX_RUNE ? runeOf(code) : '';
  return pad(flags.sharp && isPrintable(character) ? `${text} '${character}'` : text, flags, false);
}

function runeOf(value: bigint): string {
  const code = BigInt.asUintN(64, value);
  const valid = code <= MAX_RUNE && !(code >= 0xd800n && code <= 0xdfffn);
  return String.fromCodePoint(valid ? Number(code) : 0xfffd);
}

const BIG_BASES: ReadonlyMap<string, number> = new Map([
  ['b', 2],
  ['o', 8],
  ['O', 8],
  ['d', 10],
  ['s', 10],
  ['v', 10],
  ['x', 16],
  ['X', 16],
]);

const BIG_PREFIXES: ReadonlyMap<string, string> = new Map([
  ['b', '0b'],
  ['o', '0'],
  ['x', '0x'],
  ['X', '0X'],
]);

/** *big.Int formats itself, by rules of its own. */
function printBigInteger(value: bigint, verb: string, flags: Flags): string {
  const base = BIG_BASES.get(verb);
  if (base === undefined) return `%!${verb}(big.Int=${value})`;
  const { precision, width = 0, plus, space, sharp, minus, zero } = flags;
  const sign = value < 0n ? '-' : plus ? '+' : space ? ' ' : '';
  const prefix = verb === 'O' ? '0o' : sharp ? (BIG_PREFIXES.get(verb) ?? '') : '';
  let digits = (value < 0n ? -value : value).toString(base);
  if (verb === 'X') digits = digits.toUpperCase();
  if (precision === 0 && digits === '0') return '';
  digits = digits.padStart(precision ?? 0, '0');
  const missing = width - sign.length - prefix.length - digits.length;
  if (missing <= 0) return sign + prefix + digits;
  if (minus) return sign + prefix + digits + ' '.repeat(missing);
  if (zero && precision === undefined) return sign + prefix + '0'.repeat(missing) + digits;
  return ' '.repeat(missing) + sign + prefix + digits;
}
