/** UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then 74 random bits. */

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hex = (byte: number): string => HEX[byte & 0xff] ?? '00';

/**
 * @param unixMs milliseconds since the epoch
 * @param random at least `offset + 10` random bytes, used once
 */
export function uuidv7(unixMs: number, random: Uint8Array, offset: number = 0): string {
  const high = Math.floor(unixMs / 0x1_0000_0000);
  const low = unixMs >>> 0;
  const r = (i: number): number => random[offset + i] ?? 0;
  return `${hex(high >>> 8)}${hex(high)}${hex(low >>> 24)}${hex(low >>> 16)}-${hex(low >>> 8)}${hex(low)}-${hex(
    0x70 | (r(0) & 0x0f),
  )}${hex(r(1))}-${hex(0x80 | (r(2) & 0x3f))}${hex(r(3))}-${hex(r(4))}${hex(r(5))}${hex(r(6))}${hex(r(7))}${hex(r(8))}${hex(r(9))}`;
}
