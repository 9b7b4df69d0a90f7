/**
 * `data.prices` of a bundle → the price book: `{target: [card]}`, a card as `core/price-card.ts` describes it. A field
 * that ends in `_usd` and is none of a card's is a slip of the pen, which would cost money: it is refused.
 */
import { Failure } from '../core/failure.ts';
import {
  type CompiledCard,
  compileCard,
  NO_PRICES,
  PRICE_FIELDS,
  type PriceBook,
  type PriceCard,
  type PriceHours,
  type PriceList,
  type PriceStep,
  type Prices,
  type PriceTier,
  STANDARD_TIER,
} from '../core/price-card.ts';
import { minuteOf, overlap, type Stretch } from '../core/price-hours.ts';
import { isObject } from './bundle/bundle.ts';

type Fields = Readonly<Record<string, unknown>>;

const MAX_STEPS = 16;
const MAX_TIERS = 16;
const MAX_HOURS = 16;
/** Of a ratio: far beyond any discount, and small enough that nothing overflows on the way. */
const MAX_RATIO = 1_000_000;
const NAMES: ReadonlySet<string> = new Set(PRICE_FIELDS);

/** @throws Failure `bundle_invalid` that names the card and the rule */
export function compilePrices(data: unknown): PriceBook {
  const prices = isObject(data) ? data['prices'] : undefined;
  if (prices === undefined) return NO_PRICES;
  if (!isObject(prices)) throw new Failure('bundle_invalid', 'data.prices: must be an object');
  const book = new Map<string, readonly CompiledCard[]>();
  for (const [target, cards] of Object.entries(prices)) {
    if (!Array.isArray(cards)) throw wrong(`data.prices["${target}"]`, 'must be an array of cards');
    const compiled = cards.map((card: unknown, index) => compile(`data.prices["${target}"][${index}]`, card));
    book.set(
      target,
      compiled.toSorted((a, b) => a.fromMs - b.fromMs),
    );
  }
  return book;
}

function compile(at: string, untrusted: unknown): CompiledCard {
  const card = readCard(at, untrusted);
  const fromMs = Date.parse(card.effective_from);
  if (Number.isNaN(fromMs)) {
    throw wrong(`${at}.effective_from`, `must be an RFC 3339 date (actual: "${card.effective_from.slice(0, 64)}")`);
  }
  return compileCard(card, fromMs);
}

/** One card, looked at. @throws Failure `bundle_invalid` that names the place and the rule */
export function readCard(at: string, card: unknown): PriceCard {
  const id = isObject(card) ? card['id'] : undefined;
  const from = isObject(card) ? card['effective_from'] : undefined;
  if (!isObject(card) || typeof id !== 'string' || typeof from !== 'string') {
    throw wrong(at, 'must have id, effective_from, input_pico_usd and output_pico_usd');
  }
  const tiers = readTiers(`${at}.tiers`, card['tiers']);
  const hours = readHours(`${at}.hours`, card['hours']);
  return { ...readList(at, card), ...tiers, ...hours, id, effective_from: from };
}

function readList(at: string, fields: Fields): PriceList {
  const complete = fields['complete'];
  if (complete !== undefined && typeof complete !== 'boolean') throw wrong(`${at}.complete`, 'must be true or false');
  return { ...readPrices(at, fields), ...readSteps(at, fields), ...(complete === undefined ? {} : { complete }) };
}

function readPrices(at: string, fields: Fields): Prices {
  const { input_pico_usd, output_pico_usd, ...rest } = readSomePrices(at, fields);
  if (input_pico_usd === undefined || output_pico_usd === undefined) {
    throw wrong(at, 'must have input_pico_usd and output_pico_usd');
  }
  return { ...rest, input_pico_usd, output_pico_usd };
}

function readSomePrices(at: string, fields: Fields): Partial<Prices> {
  const found: { -readonly [Field in keyof Prices]?: number } = {};
  for (const field of PRICE_FIELDS) {
    const value = fields[field];
    if (value !== undefined) found[field] = integer(`${at}.${field}`, value, 0, Number.MAX_SAFE_INTEGER);
  }
  const unknown = Object.keys(fields).find((field) => field.endsWith('_usd') && !NAMES.has(field));
  if (unknown !== undefined) throw wrong(`${at}.${unknown.slice(0, 64)}`, `is none of ${PRICE_FIELDS.join(', ')}`);
  return found;
}

function readSteps(at: string, fields: Fields): { readonly above?: readonly PriceStep[] } {
  const above = fields['above'];
  if (above === undefined) return {};
  if (!Array.isArray(above) || above.length > MAX_STEPS) {
    throw wrong(`${at}.above`, `must be an array of at most ${MAX_STEPS} steps`);
  }
  const steps = above.map((step: unknown, index): PriceStep => {
    const here = `${at}.above[${index}]`;
    if (!isObject(step)) throw wrong(here, 'must be an object with above_input_tokens and prices');
    const tokens = integer(`${here}.above_input_tokens`, step['above_input_tokens'], 0, Number.MAX_SAFE_INTEGER);
    return { ...readSomePrices(here, step), above_input_tokens: tokens };
  });
  if (new Set(steps.map((step) => step.above_input_tokens)).size < steps.length) {
    throw wrong(`${at}.above`, 'two steps must not begin at the same number of tokens');
  }
  return { above: steps };
}

function readTiers(at: string, tiers: unknown): { readonly tiers?: Readonly<Record<string, PriceTier>> } {
  if (tiers === undefined) return {};
  if (!isObject(tiers) || Object.keys(tiers).length > MAX_TIERS) {
    throw wrong(at, `must be an object of at most ${MAX_TIERS} tiers`);
  }
  const read = Object.entries(tiers).map(([name, tier]): [string, PriceTier] => {
    const here = `${at}.${name.slice(0, 64)}`;
    if (name === STANDARD_TIER) throw wrong(here, 'the prices of the card itself are those of the standard tier');
    if (name !== name.toLowerCase()) throw wrong(here, 'must be in lower case');
    if (!isObject(tier)) throw wrong(here, 'must be an object: multiply and divide, or prices');
    return [name, readRatioOrList(here, tier, 'a tier')];
  });
  // From entries, so that no name reaches a prototype.
  return { tiers: Object.fromEntries(read) };
}

function readRatioOrList(at: string, fields: Fields, what: string): PriceTier {
  if (fields['multiply'] === undefined && fields['divide'] === undefined) return readList(at, fields);
  const multiply = integer(`${at}.multiply`, fields['multiply'] ?? 1, 1, MAX_RATIO);
  const divide = integer(`${at}.divide`, fields['divide'] ?? 1, 1, MAX_RATIO);
  const price = [...PRICE_FIELDS, 'above'].find((field) => fields[field] !== undefined);
  if (price !== undefined) throw wrong(`${at}.${price}`, `${what} has a ratio or prices of its own, not both`);
  return { multiply, divide };
}

function readHours(at: string, hours: unknown): { readonly hours?: readonly PriceHours[] } {
  if (hours === undefined) return {};
  if (!Array.isArray(hours) || hours.length > MAX_HOURS) {
    throw wrong(at, `must be an array of at most ${MAX_HOURS} stretches of the day`);
  }
  const stretches: Stretch[] = [];
  const read = hours.map((each: unknown, index): PriceHours => {
    const here = `${at}[${index}]`;
    if (!isObject(each)) throw wrong(here, 'must be an object with from, to, and a ratio or prices');
    const [from, fromMinute] = readTime(`${here}.from`, each['from']);
    const [to, toMinute] = readTime(`${here}.to`, each['to']);
    if (from === to) throw wrong(`${here}.to`, 'must be another time than from');
    const stretch = { from: fromMinute, to: toMinute };
    if (stretches.some((other) => overlap(other, stretch))) throw wrong(here, 'must not overlap hours before it');
    stretches.push(stretch);
    return { ...readRatioOrList(here, each, 'a stretch of the day'), from, to };
  });
  return { hours: read };
}

function readTime(at: string, value: unknown): readonly [text: string, minute: number] {
  const minute = typeof value === 'string' ? minuteOf(value) : undefined;
  if (typeof value !== 'string' || minute === undefined) {
    throw wrong(at, 'must be a time of the day in UTC, such as "16:30" (in YAML in quotes)');
  }
  return [value, minute];
}

function integer(at: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  const shown = typeof value === 'number' || typeof value === 'string' ? String(value).slice(0, 64) : typeof value;
  throw wrong(
    at,
    `must be an integer from ${min} to ${max === Number.MAX_SAFE_INTEGER ? '2^53 - 1' : max} (actual: ${shown})`,
  );
}

const wrong = (at: string, rule: string): Failure => new Failure('bundle_invalid', `${at}: ${rule}`);
