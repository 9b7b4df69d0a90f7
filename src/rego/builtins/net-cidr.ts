/**
 * net.cidr_*: the network builtins that compiled policy leaves to its host. None of them opens a connection.
 * Owns: matching, expanding and merging networks. May import: the addresses and operands beside it.
 * Fails: undefined where a text is no network; stops at the bound on members.
 */
import type { BuiltinContext, HostBuiltin } from '../builtin.ts';
import {
  type Address,
  as128,
  contains,
  isMapped,
  lastAddress,
  masked,
  type Network,
  parseAddress,
  parseNetwork,
  printAddress,
  printNetwork,
} from './ip-address.ts';
import { chargeMembers, membersOperand, stringOperand, undefinedBecause } from './operand.ts';
import { entriesOf, isArray, isObject, isSet, setOf } from './value.ts';

const UNITS_PER_TEXT = 400;

function networkOperand(value: unknown, position: number): Network {
  return parseNetwork(stringOperand(value, position)) ?? undefinedBecause('invalid CIDR address');
}

function isPlainIPv6(network: Network): boolean {
  return network.bits === 128 && !isMapped(network);
}

/** Whether a network holds an address or a whole other network. */
function holds(outer: Network, inner: string): boolean {
  const address = parseAddress(inner);
  if (address !== undefined) return contains(outer, address);
  const network = parseNetwork(inner) ?? undefinedBecause('not an IP address or CIDR');
  if (isPlainIPv6(outer) && isPlainIPv6(network)) {
    const host = BigInt(128 - outer.prefix);
    return outer.prefix <= network.prefix && outer.value >> host === network.value >> host;
  }
  return contains(outer, network) && contains(outer, lastAddress(network));
}

/** The CIDRs of an operand with the index that stands for each in the result. */
function indexed(value: unknown): Array<readonly [cidr: string, index: unknown]> {
  const textOf = (element: unknown): string => {
    const text = isArray(element) ? element[0] : element;
    return typeof text === 'string' ? text : undefinedBecause('element must be string or non-empty array');
  };
  if (typeof value === 'string') return [[value, value]];
  if (isArray(value)) return value.map((element, i) => [textOf(element), i]);
  if (isSet(value)) return [...value].map((element) => [textOf(element), element]);
  if (isObject(value)) return entriesOf(value).map(([key, element]) => [textOf(element), key]);
  return [];
}

function containsMatches(evaluation: BuiltinContext, cidrs: unknown, others: unknown): ReadonlySet<unknown> {
  const outer = indexed(cidrs);
  const inner = indexed(others);
  evaluation.charge(outer.length * inner.length * UNITS_PER_TEXT);
  const matches: unknown[] = [];
  for (const [cidr, index] of outer) {
    const network = inner.length === 0 ? undefined : networkOperand(cidr, 1);
    for (const [text, otherIndex] of inner)
      if (network !== undefined && holds(network, text)) matches.push([index, otherIndex]);
  }
  chargeMembers(evaluation, 'net.cidr_contains_matches', matches.length);
  return setOf(matches);
}

function isValid(_evaluation: BuiltinContext, value: unknown): boolean {
  return typeof value === 'string' && parseNetwork(value) !== undefined;
}

function expand(evaluation: BuiltinContext, value: unknown): ReadonlySet<unknown> {
  const network = networkOperand(value, 1);
  const count = 2 ** (network.bits - network.prefix);
  chargeMembers(evaluation, 'net.cidr_expand', count * 4);
  const addresses: string[] = [];
  for (let i = 0n; i < BigInt(count); i += 1n)
    addresses.push(printAddress({ bits: network.bits, value: network.value + i }));
  return setOf(addresses);
}

/** An address without a prefix is a network of its class, as in the days before CIDR: OPA merges it so. */
function classful(address: Address): Network {
  const first = address.value >> 24n;
  return { ...address, prefix: first < 128n ? 8 : first < 192n ? 16 : 24 };
}

function mergeOperand(element: unknown): Network {
  const text = stringOperand(element, 1);
  const address = parseAddress(text);
  if (address === undefined) return parseNetwork(text) ?? undefinedBecause('invalid CIDR address');
  if (address.bits === 32) return classful(address);
  if (!isMapped(address)) undefinedBecause('IPv6 invalid: needs prefix length');
  return classful({ bits: 32, value: address.value & 0xffffffffn });
}

interface Range {
  readonly first: bigint;
  readonly last: bigint;
  readonly bits: 32 | 128;
  /** The network that the range is, while nothing was merged into it. */
  readonly network: Network | undefined;
}

function rangeOf(network: Network): Range {
  const first = as128(masked(network));
  const bits = network.bits === 32 || isMapped(network) ? 32 : 128;
  return { first, last: as128(lastAddress(network)), bits, network };
}

function merge(evaluation: BuiltinContext, value: unknown): ReadonlySet<unknown> {
  const ranges = membersOperand(value, 1).map((element) => rangeOf(mergeOperand(element)));
  evaluation.charge(ranges.length * UNITS_PER_TEXT);
  ranges.sort((a, b) => compare(a.last, b.last) || compare(a.first, b.first));
  const merged: Range[] = [];
  for (let current = ranges.pop(); current !== undefined; current = ranges.pop()) {
    const previous = ranges.at(-1);
    if (previous !== undefined && beforeFirst(current) <= previous.last) {
      const first = lower(previous.first, current.first);
      ranges[ranges.length - 1] = { first, last: current.last, bits: current.bits, network: undefined };
    } else merged.push(current);
  }
  return setOf(
    merged.flatMap((range) => (range.network === undefined ? networksOf(range) : [range.network])).map(printNetwork),
  );
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Math.min does not take a bigint. */
function lower(a: bigint, b: bigint): bigint {
  return compare(a, b) < 0 ? a : b;
}

/** The address before a range; the first address of a family has none before it. */
function beforeFirst(range: Range): bigint {
  const lowest = range.bits === 32 ? 0xffffn << 32n : 0n;
  return range.first === lowest ? range.first : range.first - 1n;
}

/** The fewest networks that make up a range. */
function networksOf(range: Range): Network[] {
  const networks: Network[] = [];
  let { first } = range;
  while (first <= range.last) {
    let host = 0n;
    while (host < BigInt(range.bits) && (first >> host) % 2n === 0n && first + (1n << (host + 1n)) - 1n <= range.last)
      host += 1n;
    const value = range.bits === 32 ? first & 0xffffffffn : first;
    networks.push({ bits: range.bits, value, prefix: range.bits - Number(host) });
    first += 1n << host;
  }
  return networks;
}

export const NET_CIDR: ReadonlyArray<readonly [string, HostBuiltin]> = [
  ['net.cidr_contains_matches', containsMatches],
  ['net.cidr_expand', expand],
  ['net.cidr_is_valid', isValid],
  ['net.cidr_merge', merge],
];
