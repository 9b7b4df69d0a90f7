/**
 * Keys of inputs, written once into a part of the policy's memory that lasts: the same few dozen come with every input.
 * When the pool is full, further keys are written with their input.
 */
import type { Address } from './abi.ts';

export interface PooledKey {
  readonly address: Address;
  /** FNV-1 of its UTF-8, as the policy hashes text. */
  readonly hash: number;
}

/** A key so long is not kept. */
const LONGEST = 64;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export interface KeyPool {
  /** @returns `undefined` when the key is not kept */
  find(key: string): PooledKey | undefined;
  /** The key at an address of the pool. */
  textAt(address: Address): string | undefined;
}

/** @param write puts a text value at an address, and says where the next one may go */
export function createKeyPool(start: Address, end: Address, write: (text: string, at: Address) => Address): KeyPool {
  const keys = new Map<string, PooledKey>();
  const texts = new Map<Address, string>();
  const reserve = LONGEST * 3 + 32;
  let next = start;
  return {
    find(key) {
      const known = keys.get(key);
      if (known !== undefined || key.length > LONGEST || next + reserve > end) return known;
      const pooled = { address: next, hash: hashOf(key) };
      next = write(key, next);
      keys.set(key, pooled);
      texts.set(pooled.address, key);
      return pooled;
    },
    textAt: (address) => texts.get(address),
  };
}

export function hashOf(text: string): number {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(text, 'utf8')) hash = (Math.imul(hash, FNV_PRIME) ^ byte) >>> 0;
  return hash;
}
