/**
 * sprintf, with Go's formatting.
 * Owns: how Rego's values become Go's arguments. May import: the operands and formats beside it.
 * Fails: undefined where the operands are not a string and an array; stops at the bound on text.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { goFormat } from './go-format.ts';
import { printValue } from './go-quote.ts';
import type { FormatArgument } from './go-verbs.ts';
import { isNumeric, numberText } from './number.ts';
import { arrayOperand, MAX_TEXT_LENGTH, stringOperand, tooLarge } from './operand.ts';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

function argumentOf(value: unknown): FormatArgument {
  if (typeof value === 'string') return { kind: 'string', value };
  if (!isNumeric(value)) return { kind: 'string', value: printValue(value) };
  const text = numberText(value);
  if (/[.eE]/.test(text)) {
    const float = Number(text);
    return Number.isFinite(float) ? { kind: 'float64', value: float } : { kind: 'string', value: text };
  }
  const integer = BigInt(text);
  return { kind: integer >= INT64_MIN && integer <= INT64_MAX ? 'int64' : '*big.Int', value: integer };
}

function sprintf(evaluation: BuiltinContext, format: unknown, values: unknown): string {
  const text = stringOperand(format, 1);
  const args = arrayOperand(values, 2).map(argumentOf);
  let length = 0;
  return goFormat(text, args, (piece) => {
    length += piece;
    if (length > MAX_TEXT_LENGTH) tooLarge(`sprintf would make a text of more than ${MAX_TEXT_LENGTH} characters`);
    evaluation.charge(piece);
  });
}

export const SPRINTF: ReadonlyArray<readonly [string, HostBuiltin]> = [['sprintf', sprintf]];
