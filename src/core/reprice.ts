/**
 * What an attempt costs by the cards as they are now, and the entry that says so. An adjustment is a difference, in every
 * component, to the sum of the entry and its earlier adjustments: behind it the sum is exactly the new price, however
 * often and in whatever order prices were corrected. What nobody knows stays unknown.
 */
import type { AttemptCost, AttemptCostItems } from './attempt.ts';
import { costOf } from './attempt-cost.ts';
import type { AdjustmentEntry, AttemptEntry } from './ledger-entry.ts';
import type { PriceBook } from './price-card.ts';

/** The price cards as they are now. */
export interface PricesNow {
  readonly book: PriceBook;
  /** `sha256:` and hex, of the cards. */
  readonly digest: string;
}

export type Repricing =
  /** The ledger says what the cards say. */
  | { readonly kind: 'same'; readonly beforeNano: bigint }
  | {
      readonly kind: 'changed';
      /** Undefined: it had no price. */
      readonly beforeNano: bigint | undefined;
      readonly afterNano: bigint;
      readonly adjustment: AdjustmentEntry;
    }
  /** Nobody knows what it used: no card can price that. */
  | { readonly kind: 'unknown' }
  /** No card is in force for its target at its time: it stays as it is. */
  | { readonly kind: 'uncovered'; readonly beforeNano: bigint | undefined }
  /** It used nothing. */
  | { readonly kind: 'none' };

/** @param earlier every adjustment of the entry so far, in any order */
export function reprice(entry: AttemptEntry, earlier: readonly AdjustmentEntry[], prices: PricesNow): Repricing {
  if (entry.cost.kind === 'none') return { kind: 'none' };
  if (entry.usage.kind === 'unknown') return { kind: 'unknown' };
  const before = itemsOf(entry.cost, earlier);
  const cost = costOf(prices.book, entry.target, entry.usage, entry.atMs);
  switch (cost.kind) {
    case 'unpriced':
      return { kind: 'uncovered', beforeNano: before?.totalNano };
    case 'unknown':
      return { kind: 'unknown' };
    case 'none':
      return { kind: 'none' };
    case 'priced': {
      const items = combined(cost.items, before ?? NOTHING, (now, was) => now - was);
      if (before !== undefined && NAMES.every((name) => items[name] === 0n)) {
        return { kind: 'same', beforeNano: before.totalNano };
      }
      return {
        kind: 'changed',
        beforeNano: before?.totalNano,
        afterNano: cost.items.totalNano,
        adjustment: adjustmentOf(entry, earlier, { ...cost, items }, cost.items.totalNano, prices.digest),
      };
    }
  }
}

function adjustmentOf(
  entry: AttemptEntry,
  earlier: readonly AdjustmentEntry[],
  cost: AdjustmentEntry['cost'],
  totalNano: bigint,
  digest: string,
): AdjustmentEntry {
  const charged = earlier.reduce((sum, each) => sum + each.chargedNano, entry.chargedNano);
  return {
    kind: 'adjustment',
    id: idOf(entry, earlier.length, digest),
    adjusts: entry.id,
    why: 'repriced',
    callId: entry.callId,
    atMs: entry.atMs,
    decisionId: entry.decisionId,
    policyRevision: entry.policyRevision,
    policyDigest: digest,
    target: entry.target,
    attribution: entry.attribution,
    ...(entry.subject === undefined ? {} : { subject: entry.subject }),
    ...(entry.keyId === undefined ? {} : { keyId: entry.keyId }),
    accounts: entry.accounts,
    // What was charged without a price, such as a bound, is charged with the price now.
    chargedNano: entry.accounts.length === 0 ? 0n : totalNano - charged,
    cost,
  };
}

/** Hex digits of the digest that an id carries: enough that no two price lists of one ledger share them. */
const DIGEST_DIGITS = 16;

/**
 * The same cards over the same history give the same id: two who reprice at once write one entry. The count of earlier
 * adjustments keeps cards apart that came back after others had been in between.
 */
function idOf(entry: AttemptEntry, earlier: number, digest: string): string {
  const hex = digest.slice(digest.indexOf(':') + 1).slice(0, DIGEST_DIGITS);
  return `reprice:${hex}${earlier === 0 ? '' : `.${earlier}`}:${entry.id}`;
}

const NAMES = [
  'inputNano',
  'cacheReadNano',
  'cacheWriteNano',
  'outputNano',
  'otherNano',
  'totalNano',
] as const satisfies readonly (keyof AttemptCostItems)[];

const NOTHING: AttemptCostItems = {
  inputNano: 0n,
  cacheReadNano: 0n,
  cacheWriteNano: 0n,
  outputNano: 0n,
  otherNano: 0n,
  totalNano: 0n,
};

function combined(
  a: AttemptCostItems,
  b: AttemptCostItems,
  combine: (a: bigint, b: bigint) => bigint,
): AttemptCostItems {
  return {
    inputNano: combine(a.inputNano, b.inputNano),
    cacheReadNano: combine(a.cacheReadNano, b.cacheReadNano),
    cacheWriteNano: combine(a.cacheWriteNano, b.cacheWriteNano),
    outputNano: combine(a.outputNano, b.outputNano),
    otherNano: combine(a.otherNano, b.otherNano),
    totalNano: combine(a.totalNano, b.totalNano),
  };
}

/** What the ledger says so far; undefined: it has no price. */
function itemsOf(cost: AttemptCost, earlier: readonly AdjustmentEntry[]): AttemptCostItems | undefined {
  if (cost.kind !== 'priced' && earlier.length === 0) return undefined;
  const own = cost.kind === 'priced' ? cost.items : NOTHING;
  return earlier.reduce((sum, { cost: { items } }) => combined(sum, items, (a, b) => a + b), own);
}
