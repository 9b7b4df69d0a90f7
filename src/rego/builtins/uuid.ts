/**
 * uuid.*: random UUIDs (version 4) of the evaluation's seed, and what a UUID says of itself.
 * Owns: UUID texts. May import: the operands beside it. Fails: undefined where a text is no UUID.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { printValue } from './go-quote.ts';
import { integerResult } from './number.ts';
import { stringOperand } from './operand.ts';

/** 100 ns ticks between 1582-10-15 and 1970-01-01. */
const GREGORIAN_TO_UNIX_TICKS = 122_192_928_000_000_000n;

/** The same name gives the same UUID within an evaluation. */
function random(evaluation: BuiltinContext, name: unknown): string {
  const bytes = Uint8Array.from(evaluation.randomBytes(`uuid.rfc4122:${printValue(name)}`, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const DASHED = /^([0-9a-fA-F]{8})-([0-9a-fA-F]{4})-([0-9a-fA-F]{4})-([0-9a-fA-F]{4})-([0-9a-fA-F]{12})$/;

/** The 16 bytes of `xxxxxxxx-…`, `urn:uuid:…`, `{…}` or 32 hex digits. */
function bytesOf(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{32}$/.test(text)) return Buffer.from(text, 'hex');
  let dashed = text;
  if (text.length === 45 && text.slice(0, 9).toLowerCase() === 'urn:uuid:') dashed = text.slice(9);
  else if (text.length === 38) dashed = text.slice(1, -1);
  return DASHED.test(dashed) ? Buffer.from(dashed.replaceAll('-', ''), 'hex') : undefined;
}

function variantOf(byte: number): string {
  if ((byte & 0xc0) === 0x80) return 'RFC4122';
  if ((byte & 0xe0) === 0xc0) return 'Microsoft';
  return (byte & 0xe0) === 0xe0 ? 'Future' : 'Reserved';
}

function macVariables(byte: number): string {
  return `${(byte & 2) === 2 ? 'local' : 'global'}:${(byte & 1) === 1 ? 'multicast' : 'unicast'}`;
}

function domainOf(domain: number): string {
  return ['Person', 'Group', 'Org'][domain] ?? `Domain${domain}`;
}

function parse(_evaluation: BuiltinContext, value: unknown): Record<string, unknown> | undefined {
  const bytes = bytesOf(stringOperand(value, 1));
  if (bytes === undefined) return undefined;
  const version = bytes.readUInt8(6) >> 4;
  const about: Record<string, unknown> = { version, variant: variantOf(bytes.readUInt8(8)) };
  if (version !== 1 && version !== 2) return about;
  const ticks =
    BigInt(bytes.readUInt32BE(0)) |
    (BigInt(bytes.readUInt16BE(4)) << 32n) |
    (BigInt(bytes.readUInt16BE(6) & 0xfff) << 48n);
  about['time'] = integerResult(BigInt.asIntN(64, (ticks - GREGORIAN_TO_UNIX_TICKS) * 100n));
  about['nodeid'] = [...bytes.subarray(10)].map((byte) => byte.toString(16).padStart(2, '0')).join('-');
  about['macvariables'] = macVariables(bytes.readUInt8(10));
  about['clocksequence'] = bytes.readUInt16BE(8) & 0x3fff;
  if (version === 2) {
    about['id'] = bytes.readUInt32BE(0);
    about['domain'] = domainOf(bytes.readUInt8(9));
  }
  return about;
}

export const UUID: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['uuid.rfc4122', random],
  ['uuid.parse', parse],
];
