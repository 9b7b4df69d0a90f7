/**
 * Go's fmt.Sprintf, for the four kinds of argument that Rego gives it: string, int64, *big.Int and float64.
 * Owns: the format language (flags, width, precision, argument indexes, its error texts). May import: quoting and floats.
 * Fails: a faulty format is an error text within the result, as in Go; `room` may throw to bound the output.
 */
import { formatFloat } from './go-float.ts';
import { canBackquote, isPrintable, quoteRune, quoteText } from './go-quote.ts';

export type FormatArgument =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int64'; readonly value: bigint }
  | { readonly kind: '*big.Int'; readonly value: bigint }
  | { readonly kind: 'float64'; readonly value: number };

interface Flags {
  sharp: boolean;
  zero: boolean;
  plus: boolean;
  minus: boolean;
  space: boolean;
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

const MAX_WIDTH = 1_000_000;
const MAX_RUNE = 0x10ffffn;

/**
 * @param room called with the length of every piece before it is made
 */
export function goFormat(format: string, args: readonly FormatArgument[], room: (length: number) => void): string {
  return new Formatter(format, args, room).run();
}

/** A class, since position, argument number and output move together through the format. */
class Formatter {
  private readonly format: readonly string[];
  private readonly args: readonly FormatArgument[];
  private readonly room: (length: number) => void;
  private out = '';
  private at = 0;
  private argument = 0;
  private reordered = false;
  private goodArgument = true;
  private afterIndex = false;
  private flags: Flags = noFlags();

  constructor(format: string, args: readonly FormatArgument[], room: (length: number) => void) {
    this.format = [...format];
    this.args = args;
    this.room = room;
  }

  run(): string {
    this.room(this.format.length);
    while (this.at < this.format.length) {
      const character = this.format[this.at];
      this.at += 1;
      if (character === '%') this.directive();
      else this.out += character;
    }
    if (!this.reordered && this.argument < this.args.length) this.extraArguments();
    return this.out;
  }

  private write(text: string): void {
    this.out += text;
  }

  private directive(): void {
    this.goodArgument = true;
    this.afterIndex = false;
    this.flags = noFlags();
    this.readFlags();
    this.readIndex();
    this.readWidth();
    this.readPrecision();
    if (!this.afterIndex) this.readIndex();
    const verb = this.format[this.at];
    if (verb === undefined) return this.write('%!(NOVERB)');
    this.at += 1;
    if (verb === '%') return this.write('%');
    if (!this.goodArgument) return this.write(`%!${verb}(BADINDEX)`);
    const argument = this.args[this.argument];
    if (argument === undefined) return this.write(`%!${verb}(MISSING)`);
    this.argument += 1;
    if (verb === 'v' || verb === 'w') {
      this.flags.sharpV = this.flags.sharp;
      this.flags.sharp = false;
      this.flags.plus = false;
    }
    this.print(argument, verb);
  }

  private readFlags(): void {
    for (; ; this.at += 1) {
      switch (this.format[this.at]) {
        case '#':
          this.flags.sharp = true;
          break;
        case '0':
          this.flags.zero = true;
          break;
        case '+':
          this.flags.plus = true;
          break;
        case '-':
          this.flags.minus = true;
          break;
        case ' ':
          this.flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  private readWidth(): void {
    if (this.format[this.at] === '*') {
      this.at += 1;
      const width = this.starArgument();
      if (width === undefined) this.write('%!(BADWIDTH)');
      else if (width < 0) {
        this.flags.width = -width;
        this.flags.minus = true;
        this.flags.zero = false;
      } else this.flags.width = width;
      this.afterIndex = false;
      return;
    }
    this.flags.width = this.readNumber();
    if (this.afterIndex && this.flags.width !== undefined) this.goodArgument = false;
  }

  private readPrecision(): void {
    if (this.format[this.at] !== '.' || this.at + 1 >= this.format.length) return;
    this.at += 1;
    if (this.afterIndex) this.goodArgument = false;
    this.readIndex();
    if (this.format[this.at] === '*') {
      this.at += 1;
      const precision = this.starArgument();
      if (precision === undefined || precision < 0) this.write('%!(BADPREC)');
      else this.flags.precision = precision;
      this.afterIndex = false;
      return;
    }
    this.flags.precision = this.readNumber() ?? 0;
  }

  /** Digits at the cursor; a number too large swallows the rest of the format, as in Go. */
  private readNumber(): number | undefined {
    let number: number | undefined;
    for (; ; this.at += 1) {
      const digit = this.format[this.at];
      if (digit === undefined || digit < '0' || digit > '9') return number;
      if ((number ?? 0) > MAX_WIDTH) {
        this.at = this.format.length;
        return undefined;
      }
      number = (number ?? 0) * 10 + Number(digit);
    }
  }

  /** The integer argument that a `*` takes, or undefined where it is none or is too large. */
  private starArgument(): number | undefined {
    const argument = this.args[this.argument];
    if (argument === undefined) return undefined;
    this.argument += 1;
    if (argument.kind !== 'int64') return undefined;
    const number = Number(argument.value);
    return Math.abs(number) > MAX_WIDTH ? undefined : number;
  }

  /** `[n]`: the next argument is the n-th. */
  private readIndex(): void {
    this.afterIndex = false;
    if (this.format[this.at] !== '[') return;
    this.reordered = true;
    const close = this.format.indexOf(']', this.at + 1);
    if (this.format.length - this.at < 3 || close < 0) {
      this.goodArgument = false;
      this.at += 1;
      return;
    }
    const text = this.format.slice(this.at + 1, close).join('');
    this.at = close + 1;
    const index = /^\d{1,7}$/.test(text) ? Number(text) - 1 : undefined;
    if (index === undefined || index < 0 || index >= this.args.length) {
      this.goodArgument = false;
      this.afterIndex = index !== undefined;
      return;
    }
    this.argument = index;
    this.afterIndex = true;
  }

  private extraArguments(): void {
    this.flags = noFlags();
    this.write('%!(EXTRA ');
    this.args.slice(this.argument).forEach((argument, i) => {
      this.write(`${i > 0 ? ', ' : ''}${argument.kind}=`);
      this.print(argument, 'v');
    });
    this.write(')');
  }

  private badVerb(argument: FormatArgument, verb: string): void {
    this.write(`%!${verb}(${argument.kind}=`);
    this.print(argument, 'v');
    this.write(')');
  }

  private print(argument: FormatArgument, verb: string): void {
    this.room(64 + (this.flags.width ?? 0) + (this.flags.precision ?? 0));
    if (verb === 'T') return this.pad(this.truncated(argument.kind));
    if (verb === 'p') return this.write(`%!p(${argument.kind}=${plainText(argument)})`);
    switch (argument.kind) {
      case 'string':
        return this.printString(argument.value, argument, verb);
      case 'float64':
        return this.printFloat(argument.value, argument, verb);
      case 'int64':
        return this.printInteger(argument.value, argument, verb);
      case '*big.Int':
        return this.printBigInteger(argument.value, verb);
    }
  }

  /** Pads to the width, counted in characters; the zero flag pads with zeros on the left. */
  private pad(text: string, zero: boolean = this.flags.zero): void {
    this.room(text.length);
    const missing = (this.flags.width ?? 0) - (text.length > (this.flags.width ?? 0) * 2 ? text.length : [...text].length);
    if (missing <= 0) this.write(text);
    else if (this.flags.minus) this.write(text + ' '.repeat(missing));
    else this.write((zero ? '0' : ' ').repeat(missing) + text);
  }

  private printString(value: string, argument: FormatArgument, verb: string): void {
    this.room(value.length);
    switch (verb) {
      case 'v':
        return this.flags.sharpV ? this.pad(this.quoted(value)) : this.pad(this.truncated(value));
      case 's':
        return this.pad(this.truncated(value));
      case 'x':
      case 'X':
        return this.hexText(value, verb);
      case 'q':
        return this.pad(this.quoted(value));
      default:
        return this.badVerb(argument, verb);
    }
  }

  private truncated(value: string): string {
    const { precision } = this.flags;
    return precision === undefined || precision >= value.length ? value : [...value].slice(0, precision).join('');
  }

  private quoted(value: string): string {
    const text = this.truncated(value);
    if (this.flags.sharp && canBackquote(text)) return `\`${text}\``;
    return quoteText(text, this.flags.plus);
  }

  private hexText(value: string, verb: string): void {
    const bytes = Buffer.from(value, 'utf8').subarray(0, this.flags.precision);
    this.room(bytes.length * 5);
    const prefix = this.flags.sharp ? `0${verb}` : '';
    const pairs = Array.from(bytes, (byte) => {
      const pair = byte.toString(16).padStart(2, '0');
      return verb === 'X' ? pair.toUpperCase() : pair;
    });
    const text = this.flags.space ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join('');
    this.pad(pairs.length === 0 ? '' : text);
  }

  private printFloat(value: number, argument: FormatArgument, verb: string): void {
    const defaults: Readonly<Record<string, readonly [string, number]>> = {
      v: ['g', -1],
      b: ['b', -1],
      g: ['g', -1],
      G: ['G', -1],
      x: ['x', -1],
      X: ['X', -1],
      f: ['f', 6],
      F: ['f', 6],
      e: ['e', 6],
      E: ['E', 6],
    };
    const chosen = Object.hasOwn(defaults, verb) ? defaults[verb] : undefined;
    if (chosen === undefined) return this.badVerb(argument, verb);
    const precision = this.flags.precision ?? chosen[1];
    let text = formatFloat(value, chosen[0], precision);
    this.room(text.length);
    let sign = '';
    if (text.startsWith('-') || text.startsWith('+')) {
      sign = text.charAt(0);
      text = text.slice(1);
    } else sign = '+';
    if (sign === '+') sign = this.flags.plus ? '+' : this.flags.space ? ' ' : '';
    if (text === 'Inf' || text === 'NaN') return this.pad((text === 'Inf' && sign === '' ? '+' : sign) + text, false);
    if (this.flags.sharp && verb !== 'b') text = withPoint(text, verb, precision);
    const width = this.flags.width ?? 0;
    if (sign !== '' && this.flags.zero && !this.flags.minus && width > text.length + 1) {
      return this.write(sign + text.padStart(width - 1, '0'));
    }
    this.pad(sign + text);
  }

  private printInteger(value: bigint, argument: FormatArgument, verb: string): void {
    switch (verb) {
      case 'v':
      case 'd':
        return this.integer(value, 10, verb);
      case 'b':
        return this.integer(value, 2, verb);
      case 'o':
      case 'O':
        return this.integer(value, 8, verb);
      case 'x':
      case 'X':
        return this.integer(value, 16, verb);
      case 'c':
        return this.pad(runeOf(value));
      case 'q':
        return this.pad(quoteRune(runeOf(value), this.flags.plus));
      case 'U':
        return this.unicode(value);
      default:
        return this.badVerb(argument, verb);
    }
  }

  private integer(value: bigint, base: number, verb: string): void {
    const { precision, width = 0, zero, minus, plus, space, sharp } = this.flags;
    if (precision === 0 && value === 0n) return this.write(' '.repeat(width));
    const negative = value < 0n;
    let digits = (negative ? -value : value).toString(base);
    if (verb === 'X') digits = digits.toUpperCase();
    let least = precision ?? 0;
    if (precision === undefined && zero && !minus && this.flags.width !== undefined) {
      least = negative || plus || space ? width - 1 : width;
    }
    digits = digits.padStart(least, '0');
    if (sharp) {
      if (base === 2) digits = `0b${digits}`;
      else if (base === 8 && !digits.startsWith('0')) digits = `0${digits}`;
      else if (base === 16) digits = `0${verb === 'X' ? 'X' : 'x'}${digits}`;
    }
    if (verb === 'O') digits = `0o${digits}`;
    this.pad((negative ? '-' : plus ? '+' : space ? ' ' : '') + digits, false);
  }

  private unicode(value: bigint): void {
    const code = BigInt.asUintN(64, value);
    const text = `U+${code.toString(16).toUpperCase().padStart(Math.max(4, this.flags.precision ?? 4), '0')}`;
    const character = code <= MAX_RUNE ? runeOf(code) : '';
    this.pad(this.flags.sharp && isPrintable(character) ? `${text} '${character}'` : text, false);
  }

  private printBigInteger(value: bigint, verb: string): void {
    const bases: Readonly<Record<string, number>> = { b: 2, o: 8, O: 8, d: 10, s: 10, v: 10, x: 16, X: 16 };
    const base = Object.hasOwn(bases, verb) ? bases[verb] : undefined;
    if (base === undefined) return this.write(`%!${verb}(big.Int=${value})`);
    const { precision, width = 0, plus, space, sharp, minus, zero } = this.flags;
    const sign = value < 0n ? '-' : plus ? '+' : space ? ' ' : '';
    const prefixes: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };
    const prefix = verb === 'O' ? '0o' : sharp ? (prefixes[verb] ?? '') : '';
    let digits = (value < 0n ? -value : value).toString(base);
    if (verb === 'X') digits = digits.toUpperCase();
    if (precision !== undefined) {
      if (precision === 0 && digits === '0') return;
      digits = digits.padStart(precision, '0');
    }
    const length = sign.length + prefix.length + digits.length;
    if (width <= length) return this.write(sign + prefix + digits);
    const missing = width - length;
    if (minus) this.write(sign + prefix + digits + ' '.repeat(missing));
    else if (zero && precision === undefined) this.write(sign + prefix + '0'.repeat(missing) + digits);
    else this.write(' '.repeat(missing) + sign + prefix + digits);
  }
}

function noFlags(): Flags {
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

function plainText(argument: FormatArgument): string {
  return argument.kind === 'float64' ? formatFloat(argument.value, 'g', -1) : String(argument.value);
}

function runeOf(value: bigint): string {
  const code = BigInt.asUintN(64, value);
  const valid = code <= MAX_RUNE && !(code >= 0xd800n && code <= 0xdfffn);
  return String.fromCodePoint(valid ? Number(code) : 0xfffd);
}

/** The sharp flag on a float: always a point, and for %v, %g and %x trailing zeros up to the precision. */
function withPoint(text: string, verb: string, precision: number): string {
  const hexadecimal = verb === 'x' || verb === 'X';
  const tailAt = text.search(hexadecimal ? /[pP]/ : /[eE]/);
  const head = tailAt < 0 ? text : text.slice(0, tailAt);
  const tail = tailAt < 0 ? '' : text.slice(tailAt);
  let digits = 'vgGx'.includes(verb) ? (precision === -1 ? 6 : precision) : 0;
  const counted = head.replace('.', '').replace(/^0+/, '');
  digits -= counted.length;
  if (!head.includes('.')) {
    if (head === '0') digits -= 1;
    return `${head}.${'0'.repeat(Math.max(0, digits))}${tail}`;
  }
  return head + '0'.repeat(Math.max(0, digits)) + tail;
}
