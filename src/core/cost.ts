/**
 * Cost arithmetic: prices in integer pico-USD per unit, amounts in integer nano-USD, one rounding function.
 * Unknown is not zero: a target without a card in force is `unpriced`, a call that does not say its
 * input tokens is `uncounted`.
 */
import type { CostEstimate, Estimate } from './decision.ts';

/** A price card of a target, in force from a moment on. Prices are integer pico-USD per token (USD per million × 10^6). */
export interface PriceCard {
  readonly id: string;
  /** RFC 3339 date or date-time. */
  readonly effective_from: string;
  readonly input_pico_usd: number;
  readonly output_pico_usd: number;
}

/** Cards of every target, each list sorted by `fromMs` ascending. */
export type PriceBook = ReadonlyMap<string, readonly CompiledCard[]>;

export interface CompiledCard {
  readonly id: string;
  readonly fromMs: number;
  readonly inputPico: bigint;
  readonly outputPico: bigint;
}

/** Half up, per line item: pico-USD to nano-USD. */
export function nanoFromPico(pico: bigint): bigint {
  return (pico + 500n) / 1000n;
}

/** The card in force at a moment, or none. */
export function cardAt(book: PriceBook, target: string, atMs: number): CompiledCard | undefined {
  return book.get(target)?.findLast((card) => card.fromMs <= atMs);
}

/** Upper-bound estimate of one attempt at a target. */
export function estimateCost(
  book: PriceBook,
  target: string,
  tokens: { readonly input: number | undefined; readonly output: number },
  atMs: number,
): Estimate {
  const card = cardAt(book, target, atMs);
  if (card === undefined) return { kind: 'unpriced', target };
  if (tokens.input === undefined) return { kind: 'uncounted', target };
  const input = nanoFromPico(BigInt(tokens.input) * card.inputPico);
  const output = nanoFromPico(BigInt(tokens.output) * card.outputPico);
  const cost: CostEstimate = {
    target,
    price_id: card.id,
    input_nano_usd: input,
    output_nano_usd: output,
    total_nano_usd: input + output,
  };
  return { kind: 'priced', cost };
}
