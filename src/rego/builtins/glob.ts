/**
 * glob.quote_meta; glob.match is the compiled policy's own.
 * Owns: that. May import: the operands beside it. Fails: undefined where the operand is not a string.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { chargeText, stringOperand } from './operand.ts';

function quoteMeta(evaluation: BuiltinContext, value: unknown): string {
  const text = stringOperand(value, 1);
  chargeText(evaluation, 'glob.quote_meta', text.length * 2);
  return text.replace(/[*?\\[\]{}]/g, '\\$&');
}

export const GLOB: ReadonlyArray<readonly [string, HostBuiltin]> = [['glob.quote_meta', quoteMeta]];
