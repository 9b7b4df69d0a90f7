/** `data.prices` of a bundle → the price book: `{target: [{id, effective_from, input_pico_usd, output_pico_usd}]}`. */
import type { CompiledCard, PriceBook, PriceCard } from '../core/cost.ts';
import { Failure } from '../core/failure.ts';
import { isObject } from './bundle/bundle.ts';

/** A policy without prices has an empty book: every target is unpriced, which is not free. */
const NO_PRICES: PriceBook = new Map();

/** @throws Failure `bundle_invalid` that names the card and the rule */
export function compilePrices(data: unknown): PriceBook {
  const prices = isObject(data) ? data['prices'] : undefined;
  if (prices === undefined) return NO_PRICES;
  if (!isObject(prices)) throw new Failure('bundle_invalid', 'data.prices: must be an object');
  const book = new Map<string, readonly CompiledCard[]>();
  for (const [target, cards] of Object.entries(prices)) {
    if (!Array.isArray(cards))
      throw new Failure('bundle_invalid', `data.prices["${target}"]: must be an array of cards`);
    const compiled = cards.map((card: unknown, index) => compile(`data.prices["${target}"][${index}]`, card));
    book.set(
      target,
      compiled.toSorted((a, b) => a.fromMs - b.fromMs),
    );
  }
  return book;
}

function compile(at: string, card: unknown): CompiledCard {
  if (!isCard(card)) {
    throw new Failure('bundle_invalid', `${at}: must have id, effective_from, input_pico_usd and output_pico_usd`);
  }
  const fromMs = Date.parse(card.effective_from);
  if (Number.isNaN(fromMs)) {
    throw new Failure(
      'bundle_invalid',
      `${at}.effective_from: must be an RFC 3339 date (actual: "${card.effective_from}")`,
    );
  }
  return {
    id: card.id,
    fromMs,
    inputPico: pico(`${at}.input_pico_usd`, card.input_pico_usd),
    outputPico: pico(`${at}.output_pico_usd`, card.output_pico_usd),
  };
}

function pico(at: string, value: number): bigint {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new Failure('bundle_invalid', `${at}: must be an integer from 0 to 2^53 - 1 (actual: ${value})`);
  }
  return BigInt(value);
}

function isCard(card: unknown): card is PriceCard {
  return (
    isObject(card) &&
    typeof card['id'] === 'string' &&
    typeof card['effective_from'] === 'string' &&
    typeof card['input_pico_usd'] === 'number' &&
    typeof card['output_pico_usd'] === 'number'
  );
}
