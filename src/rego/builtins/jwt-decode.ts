/**
 * The three parts of a JSON Web Token in compact form, and io.jwt.decode, which verifies nothing.
 * Owns: reading tokens and their headers. May import: JSON and operands beside it.
 * Fails: undefined where a token is malformed or encrypted.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { parseJson } from './go-json.ts';
import { chargeText, stringOperand, undefinedBecause } from './operand.ts';
import { isArray, isObject, memberOf, type ObjectValue } from './value.ts';

export interface Token {
  /** As they stand in the token: base64url. */
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

/** What of a header decides over verification; empty where it is absent. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string;
  readonly cty: string;
  /** Whether every parameter marked critical is one that is understood, and an algorithm is named. */
  readonly isValid: boolean;
}

/** base64url, padded or not. */
export function decodeBase64Url(text: string): Buffer {
  const padded = text.endsWith('=') ? text : text + '='.repeat((4 - (text.length % 4)) % 4);
  if (padded.length % 4 !== 0 || !/^[A-Za-z0-9_-]*={0,2}$/.test(padded))
    return undefinedBecause('illegal base64url string');
  return Buffer.from(padded, 'base64url');
}

export function splitToken(evaluation: BuiltinContext, value: unknown): Token {
  const text = stringOperand(value, 1);
  chargeText(evaluation, 'io.jwt', text.length * 2);
  const [header, payload, signature, ...more] = text.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
    return undefinedBecause('encoded JWT must have 3 sections');
  }
  return { header, payload, signature };
}

export function objectIn(text: string): ObjectValue {
  const value = parseJson(text);
  return isObject(value) ? value : undefinedBecause('decoded JSON type was not an object');
}

export function headerOf(token: Token): ObjectValue {
  const header = objectIn(decodeBase64Url(token.header).toString('utf8'));
  return memberOf(header, 'enc') === undefined
    ? header
    : undefinedBecause('JWT is a JWE object, which is not supported');
}

const UNDERSTOOD: readonly string[] = ['alg', 'kid', 'typ', 'cty', 'crit'];

/** @returns the parameters that matter; undefined where one of them is of the wrong type */
export function readHeader(header: ObjectValue): TokenHeader {
  const text = (name: string): string => {
    const value = memberOf(header, name);
    if (value === undefined) return '';
    return typeof value === 'string' ? value : undefinedBecause(`${name}: must be a string`);
  };
  text('typ');
  const critical = criticalOf(memberOf(header, 'crit'));
  const unknown = critical.some((name) => !UNDERSTOOD.includes(name) && memberOf(header, name) !== undefined);
  return { alg: text('alg'), kid: text('kid'), cty: text('cty'), isValid: text('alg') !== '' && !unknown };
}

function criticalOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!isArray(value)) return undefinedBecause('crit: must be a list');
  const names = value.filter((name) => typeof name === 'string');
  return names.length > 0 ? names : undefinedBecause('crit: must be a nonempty list');
}

function decode(evaluation: BuiltinContext, value: unknown): unknown[] {
  const token = splitToken(evaluation, value);
  const header = headerOf(token);
  const payload = decodeBase64Url(token.payload).toString('utf8');
  const contentType = memberOf(header, 'cty');
  if (contentType !== undefined && typeof contentType !== 'string') undefinedBecause('cty: must be a string');
  // A token within a token, which may stand in quotes.
  if (contentType === 'JWT') return decode(evaluation, payload.replaceAll(/^["']+|["']+$/g, ''));
  return [header, objectIn(payload), decodeBase64Url(token.signature).toString('hex')];
}

export const JWT_DECODE: ReadonlyArray<readonly [string, HostBuiltin]> = [['io.jwt.decode', decode]];
