/** Prices of the catalogue → a price list of ours, exactly, or why that cannot be. */
import type { PriceList, PriceStep } from '../../core/price-card.ts';
import { type CataloguePrices, isRecord } from './catalogue.ts';
import { shifted } from './exact.ts';

type Field = Exclude<keyof PriceStep, 'above_input_tokens'>;

/** Decimal places from the catalogue's unit to pico-USD of one: USD per million tokens, USD per thousand requests. */
const MILLION = 6;
const THOUSAND = 9;

/** The catalogue's names of prices that a card can say. */
const FIELDS: ReadonlyMap<string, { readonly field: Field; readonly shift: number }> = new Map([
  ['input_mtok', { field: 'input_pico_usd', shift: MILLION }],
  ['output_mtok', { field: 'output_pico_usd', shift: MILLION }],
  ['cache_read_mtok', { field: 'cache_read_pico_usd', shift: MILLION }],
  ['cache_write_mtok', { field: 'cache_write_pico_usd', shift: MILLION }],
  ['cache_write_1h_mtok', { field: 'cache_write_1h_pico_usd', shift: MILLION }],
  ['output_reasoning_mtok', { field: 'reasoning_pico_usd', shift: MILLION }],
  ['input_audio_mtok', { field: 'input_audio_pico_usd', shift: MILLION }],
  ['output_audio_mtok', { field: 'output_audio_pico_usd', shift: MILLION }],
  ['input_image_mtok', { field: 'input_image_pico_usd', shift: MILLION }],
  ['output_image_mtok', { field: 'output_image_pico_usd', shift: MILLION }],
  ['requests_kcount', { field: 'request_pico_usd', shift: THOUSAND }],
]);

export type ListOfCatalogue =
  /** `left` names prices that a card has no word for, such as a search of the web. */
  | { readonly kind: 'list'; readonly list: PriceList; readonly left: readonly string[] }
  | { readonly kind: 'odd'; readonly why: string };

export function listOf(prices: CataloguePrices): ListOfCatalogue {
  const base: { [Name in Field]?: number } = {};
  const steps = new Map<number, { [Name in Field]?: number }>();
  const left: string[] = [];
  for (const [name, price] of Object.entries(prices)) {
    if (price === undefined) continue;
    const known = FIELDS.get(name);
    if (known === undefined) {
      left.push(name);
      continue;
    }
    const tiers = tiersOf(price);
    if (tiers === undefined) return { kind: 'odd', why: `${name} is no price` };
    for (const { above, usd } of tiers) {
      const pico = shifted(usd, known.shift);
      if (pico === undefined) return { kind: 'odd', why: `${name} of ${usd} is no whole number of pico-USD` };
      if (above === undefined) {
        base[known.field] = pico;
        continue;
      }
      const step = steps.get(above) ?? {};
      step[known.field] = pico;
      steps.set(above, step);
    }
  }
  const { input_pico_usd, output_pico_usd = 0, ...rest } = base;
  if (input_pico_usd === undefined) return { kind: 'odd', why: 'no price for tokens' };
  const above = [...steps]
    .toSorted(([a], [b]) => a - b)
    .map(([above_input_tokens, named]): PriceStep => ({ above_input_tokens, ...named }));
  const list = { input_pico_usd, output_pico_usd, ...rest, ...(above.length === 0 ? {} : { above }), complete: true };
  return { kind: 'list', list, left };
}

interface Tier {
  /** Undefined: for any request. */
  readonly above: number | undefined;
  readonly usd: number;
}

/** A number, or `{base, tiers: [{start, price}]}`: above `start` tokens of input the whole request has that price. */
function tiersOf(price: unknown): readonly Tier[] | undefined {
  if (typeof price === 'number') return [{ above: undefined, usd: price }];
  if (!isRecord(price) || typeof price['base'] !== 'number' || !Array.isArray(price['tiers'])) return undefined;
  const tiers: Tier[] = [{ above: undefined, usd: price['base'] }];
  for (const tier of price['tiers']) {
    if (!isRecord(tier)) return undefined;
    const { start, price: usd } = tier;
    if (typeof start !== 'number' || !Number.isSafeInteger(start) || start < 0 || typeof usd !== 'number') {
      return undefined;
    }
    tiers.push({ above: start, usd });
  }
  return tiers;
}
