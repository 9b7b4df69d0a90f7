/**
 * crypto.*: hashes and message authentication codes, as lower-case hexadecimal.
 * Owns: those. May import: node:crypto, the operands beside it. Fails: undefined where an operand is not a string.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { stringOperand } from './operand.ts';

/** Work of a hash beyond its text, in units of fuel. */
const HASH_UNITS = 2_000;

function hash(algorithm: string): HostBuiltin {
  return (evaluation, value) => {
    const text = stringOperand(value, 1);
    evaluation.charge(HASH_UNITS + text.length * 2);
    return createHash(algorithm).update(text, 'utf8').digest('hex');
  };
}

function hmac(algorithm: string): HostBuiltin {
  return (evaluation, value, secret) => {
    const text = stringOperand(value, 1);
    const key = stringOperand(secret, 2);
    evaluation.charge(HASH_UNITS + (text.length + key.length) * 2);
    return createHmac(algorithm, Buffer.from(key, 'utf8')).update(text, 'utf8').digest('hex');
  };
}

function equal(evaluation: BuiltinContext, first: unknown, second: unknown): boolean {
  const a = Buffer.from(stringOperand(first, 1), 'utf8');
  const b = Buffer.from(stringOperand(second, 2), 'utf8');
  evaluation.charge(a.length + b.length);
  return a.length === b.length && timingSafeEqual(a, b);
}

export const CRYPTO: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['crypto.md5', hash('md5')],
  ['crypto.sha1', hash('sha1')],
  ['crypto.sha256', hash('sha256')],
  ['crypto.hmac.md5', hmac('md5')],
  ['crypto.hmac.sha1', hmac('sha1')],
  ['crypto.hmac.sha256', hmac('sha256')],
  ['crypto.hmac.sha512', hmac('sha512')],
  ['crypto.hmac.equal', equal],
];
