/**
 * io.jwt.verify_*, decode_verify and encode_sign*: signatures and registered claims of JSON Web Tokens.
 * Owns: which key is tried, and the constraints on claims. May import: tokens, keys and signatures beside it.
 * Fails: undefined where a token, a key or a constraint is malformed; false where a signature does not hold.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { parseJson, writeJson } from './go-json.ts';
import { decodeBase64Url, headerOf, objectIn, readHeader, splitToken, type Token } from './jwt-decode.ts';
import { ALGORITHMS, signingKey, type TokenKey, verificationKeys } from './jwt-keys.ts';
import { sign, verifySecret, verifySignature } from './jwt-signature.ts';
import { compareNumbers, isNumeric, toDouble } from './number.ts';
import { chargeText, objectOperand, stringOperand, undefinedBecause } from './operand.ts';
import { entriesOf, isArray, isObject, memberOf, type ObjectValue } from './value.ts';

/** An asymmetric operation takes 50 to 2,000 µs. */
const SIGNATURE_UNITS = 500_000;
const HMAC_UNITS = 5_000;

/** The key that the header names, else every key whose algorithm agrees. */
function verifyWithKeys(
  evaluation: BuiltinContext,
  keys: readonly TokenKey[],
  header: { readonly alg: string; readonly kid: string },
  verify: (key: TokenKey) => boolean,
): boolean {
  const tried = (key: TokenKey): boolean => {
    evaluation.charge(SIGNATURE_UNITS);
    return key.key !== undefined && verify(key);
  };
  const named = header.kid === '' ? undefined : keys.find((key) => key.kid === header.kid);
  if (named !== undefined) return tried(named);
  return keys.some((key) => (key.alg === '' || key.alg === header.alg) && tried(key));
}

function contentOf(token: Token): string {
  return `${token.header}.${token.payload}`;
}

function verifyPublic(alg: string): HostBuiltin {
  return (evaluation, value, certificate) => {
    const token = splitToken(evaluation, value);
    const keys = verificationKeys(stringOperand(certificate, 2));
    const signature = decodeBase64Url(token.signature);
    const header = readHeader(headerOf(token));
    return verifyWithKeys(
      evaluation,
      keys,
      header,
      ({ key }) => key !== undefined && verifySignature(alg, key, contentOf(token), signature),
    );
  };
}

function verifyShared(alg: string): HostBuiltin {
  return (evaluation, value, secret) => {
    const key = stringOperand(secret, 2);
    const token = splitToken(evaluation, value);
    evaluation.charge(HMAC_UNITS);
    return verifySecret(alg, key, contentOf(token), decodeBase64Url(token.signature));
  };
}

interface Constraints {
  readonly keys: readonly TokenKey[] | undefined;
  readonly secret: string;
  readonly alg: string;
  readonly iss: string;
  readonly aud: string;
  /** Nanoseconds since 1970. */
  readonly timeNs: number;
}

const CONSTRAINTS: readonly string[] = ['cert', 'secret', 'alg', 'iss', 'aud', 'time'];

function constraintsOf(evaluation: BuiltinContext, value: unknown): Constraints {
  const object = objectOperand(value, 2);
  for (const [name] of entriesOf(object)) {
    if (!CONSTRAINTS.includes(String(name))) undefinedBecause(`unknown token validation constraint: ${String(name)}`);
  }
  const text = (name: string): string | undefined => {
    const member = memberOf(object, name);
    return member === undefined || typeof member === 'string'
      ? member
      : undefinedBecause(`${name} constraint: must be a string`);
  };
  const certificate = text('cert');
  const time = memberOf(object, 'time') ?? evaluation.nowNs;
  const timeNs = isNumeric(time) ? toDouble(time) : undefinedBecause('token time constraint: must be a number');
  if (!Number.isFinite(timeNs) || timeNs < 0) undefinedBecause('token time constraint: must not be negative');
  const keys = certificate === undefined ? undefined : verificationKeys(certificate);
  const secret = text('secret') ?? '';
  if ((keys === undefined) === (secret === '')) undefinedBecause('exactly one key constraint is needed');
  return { keys, secret, alg: text('alg') ?? '', iss: text('iss') ?? '', aud: text('aud') ?? '', timeNs };
}

function holds(
  evaluation: BuiltinContext,
  constraints: Constraints,
  token: Token,
  header: { alg: string; kid: string },
): boolean {
  const signature = decodeBase64Url(token.signature);
  const { alg } = header;
  if (!ALGORITHMS.includes(alg)) return false;
  if (constraints.keys === undefined) {
    evaluation.charge(HMAC_UNITS);
    return alg.startsWith('HS') && verifySecret(alg, constraints.secret, contentOf(token), signature);
  }
  return verifyWithKeys(
    evaluation,
    constraints.keys,
    header,
    ({ key }) => key !== undefined && verifySignature(alg, key, contentOf(token), signature),
  );
}

function decodeVerify(evaluation: BuiltinContext, value: unknown, constraint: unknown): unknown[] {
  const constraints = constraintsOf(evaluation, constraint);
  const unverified = [false, {}, {}];
  let token = splitToken(evaluation, value);
  for (;;) {
    const header = headerOf(token);
    const parameters = readHeader(header);
    if (!parameters.isValid || (constraints.alg !== '' && constraints.alg !== parameters.alg)) return unverified;
    if (!holds(evaluation, constraints, token, parameters)) return unverified;
    const payload = decodeBase64Url(token.payload).toString('utf8');
    if (parameters.cty.toUpperCase() === 'JWT') {
      token = splitToken(evaluation, payload);
      continue;
    }
    const claims = objectIn(payload);
    return claimsHold(claims, constraints) ? [true, header, claims] : unverified;
  }
}

function claimsHold(claims: ObjectValue, constraints: Constraints): boolean {
  const issuer = memberOf(claims, 'iss');
  if (constraints.iss !== '' && issuer !== constraints.iss) return false;
  const audience = memberOf(claims, 'aud');
  if (audience === undefined ? constraints.aud !== '' : !includesAudience(audience, constraints.aud)) return false;
  const seconds = constraints.timeNs / 1_000_000_000;
  const expires = timeClaim(claims, 'exp');
  if (expires !== undefined && compareNumbers(seconds, expires) >= 0) return false;
  const notBefore = timeClaim(claims, 'nbf');
  return notBefore === undefined || compareNumbers(seconds, notBefore) >= 0;
}

function includesAudience(audience: unknown, wanted: string): boolean {
  return isArray(audience) ? audience.includes(wanted) : audience === wanted;
}

function timeClaim(claims: ObjectValue, name: string): Parameters<typeof compareNumbers>[0] | undefined {
  const value = memberOf(claims, name);
  return value === undefined || isNumeric(value) ? value : undefinedBecause(`${name} value must be a number`);
}

function signToken(evaluation: BuiltinContext, headers: string, payload: string, key: string): string {
  chargeText(evaluation, 'io.jwt.encode_sign', (headers.length + payload.length) * 3);
  evaluation.charge(SIGNATURE_UNITS);
  const parsed = parseJson(headers);
  const header = isObject(parsed) ? parsed : undefinedBecause('headers are not a JSON object');
  const signer = signingKey(key);
  const alg = memberOf(header, 'alg');
  if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) return undefinedBecause('unknown JWS algorithm');
  const type = memberOf(header, 'typ');
  if ((typeof type !== 'string' || type === 'JWT') && parseJson(payload) === undefined) {
    undefinedBecause('type is JWT but payload is not JSON');
  }
  const content = `${Buffer.from(headers, 'utf8').toString('base64url')}.${Buffer.from(payload, 'utf8').toString('base64url')}`;
  const signature = sign(alg, signer, content) ?? undefinedBecause('the key does not fit the algorithm');
  return `${content}.${signature.toString('base64url')}`;
}

function encodeSign(evaluation: BuiltinContext, headers: unknown, payload: unknown, key: unknown): string {
  return signToken(evaluation, writeJson(headers), writeJson(payload), writeJson(key));
}

function encodeSignRaw(evaluation: BuiltinContext, headers: unknown, payload: unknown, key: unknown): string {
  return signToken(evaluation, stringOperand(headers, 1), stringOperand(payload, 2), stringOperand(key, 3));
}

export const JWT_VERIFY: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ...ALGORITHMS.map((alg): readonly [string, HostBuiltin] => [
    `io.jwt.verify_${alg.toLowerCase()}`,
    alg.startsWith('HS') ? verifyShared(alg) : verifyPublic(alg),
  ]),
  ['io.jwt.decode_verify', decodeVerify],
  ['io.jwt.encode_sign', encodeSign],
  ['io.jwt.encode_sign_raw', encodeSignRaw],
];
