/**
 * IP addresses and networks as Go's net package reads and prints them.
 * Owns: their texts and the arithmetic on them. May import: nothing. Fails: undefined where a text is none.
 */

export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A network: its address (host bits as given), and the length of its prefix in bits. */
export interface Network extends Address {
  readonly prefix: number;
}

const MAPPED = 0xffffn;

/** An IPv4 address without leading zeros, or an IPv6 address without a zone. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const value = parseIPv4(text);
    return value === undefined ? undefined : { bits: 32, value };
  }
  const value = parseIPv6(text);
  return value === undefined ? undefined : { bits: 128, value };
}

function parseIPv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseIPv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

function groupsOf(text: string, mayEndInIPv4: boolean): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && mayEndInIPv4 && part.includes('.')) {
      const value = parseIPv4(part);
      if (value === undefined) return undefined;
      groups.push(value >> 16n, value & 0xffffn);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

/** `address/prefix`, with the host bits cleared. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^\d{1,6}$/.test(digits) || Number(digits) > address.bits) return undefined;
  return masked({ ...address, prefix: Number(digits) });
}

/** The network with its host bits cleared. */
export function masked(network: Network): Network {
  const host = BigInt(network.bits - network.prefix);
  return { ...network, value: (network.value >> host) << host };
}

/** The last address of a network. */
export function lastAddress(network: Network): Address {
  const host = BigInt(network.bits - network.prefix);
  return { bits: network.bits, value: masked(network).value | ((1n << host) - 1n) };
}

export function isMapped(address: Address): boolean {
  return address.bits === 128 && address.value >> 32n === MAPPED;
}

/** IPv4 within IPv6 (`::ffff:a.b.c.d`) as IPv4. */
function unmapped(address: Address): Address {
  return isMapped(address) ? { bits: 32, value: address.value & 0xffffffffn } : address;
}

/** Every address in 128 bits, IPv4 mapped: one order for both families. */
export function as128(address: Address): bigint {
  return address.bits === 128 ? address.value : (MAPPED << 32n) | address.value;
}

/** Whether a network holds an address; IPv4 and IPv4 within IPv6 are the same. */
export function contains(network: Network, address: Address): boolean {
  const from = unmapped(network);
  const asked = unmapped(address);
  if (from.bits !== asked.bits) return false;
  const prefix = from.bits === network.bits ? network.prefix : Math.max(0, network.prefix - 96);
  const host = BigInt(from.bits - prefix);
  return from.value >> host === asked.value >> host;
}

export function printAddress(address: Address): string {
  const { bits, value } = unmapped(address);
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt((7 - i) * 16)) & 0xffffn));
  const gap = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (gap === undefined) return hex(groups);
  return `${hex(groups.slice(0, gap.start))}::${hex(groups.slice(gap.start + gap.length))}`;
}

/** The first longest run of two or more zero groups. */
function longestZeros(groups: readonly number[]): { start: number; length: number } | undefined {
  let best: { start: number; length: number } | undefined;
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length >= 2 && length > (best?.length ?? 0)) best = { start, length };
    start += length;
  }
  return best;
}

export function printNetwork(network: Network): string {
  const prefix = isMapped(network) ? network.prefix - 96 : network.prefix;
  return `${printAddress(network)}/${prefix}`;
}
