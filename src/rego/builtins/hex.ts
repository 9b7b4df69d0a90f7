/**
 * hex.* and base64url.encode_no_pad.
 * Owns: those encodings. May import: the operands beside it. Fails: undefined where a text is not so encoded.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { chargeText, stringOperand, undefinedBecause } from './operand.ts';

function encode(evaluation: BuiltinContext, value: unknown): string {
  const text = stringOperand(value, 1);
  chargeText(evaluation, 'hex.encode', text.length * 2);
  return Buffer.from(text, 'utf8').toString('hex');
}

function decode(evaluation: BuiltinContext, value: unknown): string {
  const text = stringOperand(value, 1);
  evaluation.charge(text.length);
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) undefinedBecause('not hexadecimal');
  return Buffer.from(text, 'hex').toString('utf8');
}

function base64UrlNoPad(evaluation: BuiltinContext, value: unknown): string {
  const text = stringOperand(value, 1);
  chargeText(evaluation, 'base64url.encode_no_pad', text.length * 2);
  return Buffer.from(text, 'utf8').toString('base64url');
}

export const HEX: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['hex.encode', encode],
  ['hex.decode', decode],
  ['base64url.encode_no_pad', base64UrlNoPad],
];
