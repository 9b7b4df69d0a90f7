/**
 * Cost arithmetic: prices in integer pico-USD per unit, amounts in integer nano-USD, one rounding function.
 * Unknown is not zero: a target without a card in force is `unpriced`, a call that does not say its
 * input tokens is `uncounted`.
 */
import type { CostEstimate, Estimate } from './decision.ts';
import { type CompiledCard, type PriceBook, ratesAt, type Tariff, tariffsAt } from './price-card.ts';

/** Half up, per line item: pico-USD to nano-USD. */
export function nanoFromPico(pico: bigint): bigint {
  return (pico + 500n) / 1000n;
}

/** Half up, once: (pico × multiply / divide) to nano-USD. */
export function chargeNano(pico: bigint, { multiply, divide }: Tariff): bigint {
  if (divide === 1n) return nanoFromPico(pico * multiply);
  const unit = 1000n * divide;
  return (2n * pico * multiply + unit) / (2n * unit);
}

/** The card in force at a moment, or none. */
export function cardAt(book: PriceBook, target: string, atMs: number): CompiledCard | undefined {
  return book.get(target)?.findLast((card) => card.fromMs <= atMs);
}

/** What one attempt at a target costs with so many tokens, none of them from a cache, in the standard tier. */
export function estimateCost(
  book: PriceBook,
  target: string,
  tokens: { readonly input: number | undefined; readonly output: number },
  atMs: number,
): Estimate {
  const card = cardAt(book, target, atMs);
  if (card === undefined) return { kind: 'unpriced', target };
  if (tokens.input === undefined) return { kind: 'uncounted', target };
  const { standard } = tariffsAt(card, atMs);
  const rates = ratesAt(standard, tokens.input);
  const input = chargeNano(BigInt(tokens.input) * rates.input + rates.request, standard);
  const output = chargeNano(BigInt(tokens.output) * rates.output, standard);
  const cost: CostEstimate = {
    target,
    price_id: card.id,
    input_nano_usd: input,
    output_nano_usd: output,
    total_nano_usd: input + output,
  };
  return { kind: 'priced', cost };
}
