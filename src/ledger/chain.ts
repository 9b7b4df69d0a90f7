/**
 * The text of an entry, and the chain that its rows make: each row's hash is of the row before, of its place and of its
 * text, so nothing can be changed, taken out or put between without every later row telling.
 */
import { hash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { AttemptCost } from '../core/attempt.ts';
import type { LedgerEntry } from '../core/ledger-entry.ts';
import { attemptText, isPricedAttempt } from './attempt-text.ts';

/** JSON whose amounts are texts of decimal digits, since they do not fit into a float. */
export function bodyOf(entry: LedgerEntry): string {
  if (isPricedAttempt(entry)) return attemptText(entry);
  // Not by a replacer, which is asked for every value of the entry.
  return JSON.stringify({ ...entry, chargedNano: String(entry.chargedNano), cost: costText(entry.cost) });
}

/** The entry that `bodyOf` was asked for. */
export function entryOf(body: string): LedgerEntry {
  // The casts: a body is written by `bodyOf` alone, and its hash is checked where that is in doubt.
  const entry = JSON.parse(body) as LedgerEntry;
  return { ...entry, chargedNano: BigInt(entry.chargedNano), cost: costOf(entry.cost) } as LedgerEntry;
}

function costText(cost: AttemptCost): unknown {
  if (cost.kind !== 'priced') return cost;
  const { inputNano, cacheReadNano, cacheWriteNano, outputNano, otherNano, totalNano } = cost.items;
  return {
    ...cost,
    items: {
      inputNano: String(inputNano),
      cacheReadNano: String(cacheReadNano),
      cacheWriteNano: String(cacheWriteNano),
      outputNano: String(outputNano),
      otherNano: String(otherNano),
      totalNano: String(totalNano),
    },
  };
}

function costOf(cost: AttemptCost): AttemptCost {
  if (cost.kind !== 'priced') return cost;
  const { inputNano, cacheReadNano, cacheWriteNano, outputNano, otherNano, totalNano } = cost.items;
  return {
    ...cost,
    items: {
      inputNano: BigInt(inputNano),
      cacheReadNano: BigInt(cacheReadNano),
      cacheWriteNano: BigInt(cacheWriteNano),
      outputNano: BigInt(outputNano),
      otherNano: BigInt(otherNano),
      totalNano: BigInt(totalNano),
    },
  };
}

/** Reused from row to row, and made longer where one needs it. */
let scratch = Buffer.allocUnsafe(16_384);
/** No character takes more bytes. */
const BYTES_OF_UNIT = 3;

/**
 * @param previous hash of the row before; of the first row there is none, and it is empty
 * @param body or its bytes in UTF-8, where somebody has them
 */
export function linkHash(previous: Buffer, chain: string, seq: bigint, body: string | Buffer): Buffer {
  const place = JSON.stringify([chain, String(seq)]);
  const most = previous.length + (place.length + body.length) * BYTES_OF_UNIT;
  if (scratch.length < most) scratch = Buffer.allocUnsafe(most);
  previous.copy(scratch);
  const at = previous.length + scratch.write(place, previous.length);
  const end = at + (typeof body === 'string' ? scratch.write(body, at) : body.copy(scratch, at));
  // In one step: a hash that is fed piece by piece costs twice as much. As a text: so does a buffer made by OpenSSL.
  return Buffer.from(hash('sha256', scratch.subarray(0, end), 'binary'), 'binary');
}

/** Of a writer: no two share a chain, whatever their machine and however often they run. */
export const newChainId = (): string => `${hostname().slice(0, 32)}-${randomUUID().slice(0, 8)}`;
