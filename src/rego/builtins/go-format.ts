/**
 * Go's fmt.Sprintf: the format language with its flags, width, precision and argument indexes.
 * Owns: reading formats, and the error texts of faulty ones. May import: the verbs beside it.
 * Fails: a faulty format is an error text within the result, as in Go; `room` may throw to bound the output.
 */
import { type Flags, type FormatArgument, formatArgument, noFlags, type Room } from './go-verbs.ts';

const MAX_WIDTH = 1_000_000;

/**
 * @param room called with the length of every piece before it is made
 */
export function goFormat(format: string, args: readonly FormatArgument[], room: Room): string {
  return new Formatter(format, args, room).run();
}

/** A class, since position, argument number and output move together through the format. */
class Formatter {
  private readonly format: readonly string[];
  private readonly args: readonly FormatArgument[];
  private readonly room: Room;
  private out = '';
  private at = 0;
  private argument = 0;
  private reordered = false;
  private goodArgument = true;
  private afterIndex = false;
  private flags: Flags = noFlags();

  constructor(format: string, args: readonly FormatArgument[], room: Room) {
    this.format = [...format];
    this.args = args;
    this.room = room;
  }

  run(): string {
    this.room(this.format.length);
    while (this.at < this.format.length) {
      const character = this.format[this.at];
      this.at += 1;
      // The directive may write an error of its own first.
      const piece = character === '%' ? this.directive() : character;
      this.out += piece;
    }
    if (!this.reordered && this.argument < this.args.length) this.extraArguments();
    return this.out;
  }

  private directive(): string {
    this.goodArgument = true;
    this.afterIndex = false;
    this.flags = noFlags();
    this.readFlags();
    this.readIndex();
    this.readWidth();
    this.readPrecision();
    if (!this.afterIndex) this.readIndex();
    const verb = this.format[this.at];
    if (verb === undefined) return '%!(NOVERB)';
    this.at += 1;
    if (verb === '%') return '%';
    if (!this.goodArgument) return `%!${verb}(BADINDEX)`;
    const argument = this.args[this.argument];
    if (argument === undefined) return `%!${verb}(MISSING)`;
    this.argument += 1;
    if (verb === 'v' || verb === 'w') {
      this.flags.sharpV = this.flags.sharp;
      this.flags.sharp = false;
      this.flags.plus = false;
    }
    return formatArgument(argument, verb, this.flags, this.room);
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
      if (width === undefined) this.out += '%!(BADWIDTH)';
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
      if (precision === undefined || precision < 0) this.out += '%!(BADPREC)';
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
    const extra = this.args.slice(this.argument).map((argument) => {
      const printed = formatArgument(argument, 'v', noFlags(), this.room);
      return `${argument.kind}=${printed}`;
    });
    this.out += `%!(EXTRA ${extra.join(', ')})`;
  }
}
