/** TEMPORARY until src/ledger/row.ts and chain.ts of the ledger are there. */
import { createHash } from 'node:crypto';
import type { LedgerEntry } from '../../core/ledger-entry.ts';

export function bodyOf(entry: LedgerEntry): string {
  return JSON.stringify(entry, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

export function entryOf(body: string): LedgerEntry {
  return JSON.parse(body, (key, value: unknown) =>
    typeof value === 'string' && key.endsWith('Nano') ? BigInt(value.slice(0, -1)) : value,
  );
}

export function linkHash(previous: Buffer, chain: string, seq: bigint, body: string): Buffer {
  return createHash('sha256').update(previous).update(`${chain}\n${seq}\n`).update(body).digest();
}
