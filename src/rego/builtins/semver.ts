/**
 * semver.*: Semantic Versioning 2.0.0 with a leading `v` allowed, numbers of 64 bits, no leading zeros.
 * Owns: reading and ordering versions. May import: the operands beside it. Fails: undefined where a version is none.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import { stringOperand, undefinedBecause } from './operand.ts';
import { compareStrings } from './value.ts';

export interface Version {
  readonly numbers: readonly [major: bigint, minor: bigint, patch: bigint];
  /** Empty where it is no pre-release. */
  readonly preRelease: string;
}

const IDENTIFIERS = /^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/;
const NUMBERS = /^(0|[1-9]\d{0,18})\.(0|[1-9]\d{0,18})\.(0|[1-9]\d{0,18})$/;
const INT64_MAX = 2n ** 63n - 1n;

export function parseVersion(text: string): Version | undefined {
  const [release = '', metadata] = cut(text.replace(/^v/, ''), '+');
  if (metadata !== undefined && !IDENTIFIERS.test(metadata)) return undefined;
  const [core = '', preRelease] = cut(release, '-');
  if (preRelease !== undefined) {
    if (!IDENTIFIERS.test(preRelease)) return undefined;
    if (preRelease.split('.').some((identifier) => /^0\d+$/.test(identifier))) return undefined;
  }
  const match = NUMBERS.exec(core);
  if (match === null) return undefined;
  const major = BigInt(match[1] ?? '0');
  const minor = BigInt(match[2] ?? '0');
  const patch = BigInt(match[3] ?? '0');
  if (major > INT64_MAX || minor > INT64_MAX || patch > INT64_MAX) return undefined;
  return { numbers: [major, minor, patch], preRelease: preRelease ?? '' };
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** −1, 0 or 1; metadata does not count. */
export function compareVersions(a: Version, b: Version): number {
  for (const i of [0, 1, 2] as const) {
    if (a.numbers[i] !== b.numbers[i]) return a.numbers[i] < b.numbers[i] ? -1 : 1;
  }
  if (a.preRelease === b.preRelease) return 0;
  if (a.preRelease === '') return 1;
  if (b.preRelease === '') return -1;
  const left = a.preRelease.split('.');
  const right = b.preRelease.split('.');
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i += 1) {
    const order = compareIdentifiers(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(left.length - right.length);
}

function compareIdentifiers(a: string, b: string): number {
  const aNumeric = /^\d+$/.test(a);
  if (aNumeric !== /^\d+$/.test(b)) return aNumeric ? -1 : 1;
  if (!aNumeric) return Math.sign(compareStrings(a, b));
  // Numbers without leading zeros: the longer is the larger.
  return Math.sign(a.length - b.length) || Math.sign(compareStrings(a, b));
}

function versionOperand(value: unknown, position: number): Version {
  const text = stringOperand(value, position);
  return parseVersion(text) ?? undefinedBecause(`operand ${position}: string ${text} is not a valid SemVer`);
}

function compare(_evaluation: BuiltinContext, a: unknown, b: unknown): number {
  return compareVersions(versionOperand(a, 1), versionOperand(b, 2));
}

function isValid(_evaluation: BuiltinContext, version: unknown): boolean {
  return typeof version === 'string' && parseVersion(version) !== undefined;
}

export const SEMVER: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['semver.compare', compare],
  ['semver.is_valid', isValid],
];
