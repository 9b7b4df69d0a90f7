/**
 * Price cards: what a target charges from a moment on. As data they hold integer pico-USD per token (USD per million
 * tokens × 10^6) under snake_case names; compiled, everything that a card leaves out is filled in, once.
 *
 * What a card leaves out is never free: a cache read and an image of the input count as input, reasoning as output,
 * everything else (cache writes, audio, images of the output) as the dearer of input and output. A card that says that
 * it is `complete` names everything that the vendor charges apart: what it leaves out counts as plain input or output.
 * Only `request_pico_usd` is zero where it is not said: most vendors charge nothing for a request as such.
 */
import { isWithin, minuteAt, minuteOf, type Stretch } from './price-hours.ts';

/** The tier that a card's own prices are about. */
export const STANDARD_TIER = 'standard';

/** Integer pico-USD: per token, and per request. */
export interface Prices {
  readonly input_pico_usd: number;
  readonly output_pico_usd: number;
  readonly cache_read_pico_usd?: number;
  /** Kept for five minutes, or for the vendor's only lifetime. */
  readonly cache_write_pico_usd?: number;
  readonly cache_write_1h_pico_usd?: number;
  readonly reasoning_pico_usd?: number;
  readonly input_audio_pico_usd?: number;
  readonly output_audio_pico_usd?: number;
  readonly input_image_pico_usd?: number;
  readonly output_image_pico_usd?: number;
  readonly request_pico_usd?: number;
}

export interface PriceList extends Prices {
  /** Long context. */
  readonly above?: readonly PriceStep[];
  /** Default false; of a tier: that of its card. */
  readonly complete?: boolean;
}

/** A request with more input tokens than this is charged with these prices, all of it; what is not named stays. */
export interface PriceStep extends Partial<Prices> {
  readonly above_input_tokens: number;
}

/** Another way to be served: every price by an exact ratio, or a price list of its own. */
export type PriceTier = { readonly multiply: number; readonly divide: number } | PriceList;

/**
 * A stretch of every day (UTC) with other prices, for attempts that start in it: every price of the card and its tiers
 * by an exact ratio, or a price list in place of the card's own, which tiers that are ratios follow.
 */
export type PriceHours = PriceTier & {
  /** `HH:MM`, inclusive. */
  readonly from: string;
  /** `HH:MM`, exclusive; before `from`: of the next day. */
  readonly to: string;
};

/** A price card of a target, in force from a moment on. */
export interface PriceCard extends PriceList {
  readonly id: string;
  /** RFC 3339 date or date-time. */
  readonly effective_from: string;
  /** By name: `batch`, `flex`, `priority`; without it the prices are those of `standard`. */
  readonly tiers?: Readonly<Record<string, PriceTier>>;
  /** None overlaps another. */
  readonly hours?: readonly PriceHours[];
}

/** Names of prices in a card. */
export const PRICE_FIELDS = [
  'input_pico_usd',
  'output_pico_usd',
  'cache_read_pico_usd',
  'cache_write_pico_usd',
  'cache_write_1h_pico_usd',
  'reasoning_pico_usd',
  'input_audio_pico_usd',
  'output_audio_pico_usd',
  'input_image_pico_usd',
  'output_image_pico_usd',
  'request_pico_usd',
] as const satisfies readonly (keyof Prices)[];

export interface Rates {
  /** The request has more input tokens than this; -1 for any request. */
  readonly aboveInput: number;
  readonly input: bigint;
  readonly output: bigint;
  readonly cacheRead: bigint;
  readonly cacheWrite: bigint;
  readonly cacheWrite1h: bigint;
  readonly reasoning: bigint;
  readonly inputAudio: bigint;
  readonly outputAudio: bigint;
  readonly inputImage: bigint;
  readonly outputImage: bigint;
  readonly request: bigint;
}

/** The rates of one tier, ascending by `aboveInput`, the first for any request; to be multiplied, then divided. */
export interface Tariff {
  readonly steps: readonly [Rates, ...Rates[]];
  readonly multiply: bigint;
  readonly divide: bigint;
}

/** The most that a token may cost in any tier and at any time of the day, from so many input tokens on. */
export interface Ceiling {
  readonly aboveInput: number;
  readonly inputPico: bigint;
  readonly outputPico: bigint;
  readonly requestPico: bigint;
}

/** What is charged at one time of the day. */
export interface Tariffs {
  readonly standard: Tariff;
  readonly tiers: ReadonlyMap<string, Tariff>;
  /** The one with the highest price of output: what a tier costs that the card does not know. */
  readonly dearest: { readonly name: string; readonly tariff: Tariff };
}

export interface CompiledHours extends Stretch {
  readonly tariffs: Tariffs;
}

/** Its own tariffs are those of the times that no `hours` name. */
export interface CompiledCard extends Tariffs {
  readonly id: string;
  readonly fromMs: number;
  readonly inputPico: bigint;
  readonly outputPico: bigint;
  readonly hours: readonly CompiledHours[];
  /** Ascending by `aboveInput`, from -1; never falling. */
  readonly ceilings: readonly [Ceiling, ...Ceiling[]];
}

/** Cards of every target, each list sorted by `fromMs` ascending. */
export type PriceBook = ReadonlyMap<string, readonly CompiledCard[]>;

/** An empty book: every target is unpriced, which is not free. */
export const NO_PRICES: PriceBook = new Map();

/**
 * @param card checked: every price is an integer from 0 to 2^53 - 1, ratios are from 1 on, times are times
 * @param fromMs its `effective_from`, in milliseconds since the epoch
 */
export function compileCard(card: PriceCard, fromMs: number): CompiledCard {
  const own = tariffsOf(card, card, AS_IT_STANDS);
  const hours = (card.hours ?? []).map((each): CompiledHours => {
    const tariffs =
      'multiply' in each
        ? tariffsOf(card, card, each)
        : tariffsOf({ complete: card.complete ?? false, ...each }, card, AS_IT_STANDS);
    return { from: minuteOf(each.from) ?? 0, to: minuteOf(each.to) ?? 0, tariffs };
  });
  return {
    ...own,
    id: card.id,
    fromMs,
    inputPico: BigInt(card.input_pico_usd),
    outputPico: BigInt(card.output_pico_usd),
    hours,
    ceilings: ceilingsOf([own, ...hours.map(({ tariffs }) => tariffs)].flatMap(allOf)),
  };
}

/** What is charged for an attempt that starts then. */
export function tariffsAt(card: CompiledCard, atMs: number): Tariffs {
  if (card.hours.length === 0) return card;
  const minute = minuteAt(atMs);
  return card.hours.find((each) => isWithin(minute, each))?.tariffs ?? card;
}

type Ratio = Extract<PriceTier, { readonly multiply: number }>;
const AS_IT_STANDS: Ratio = { multiply: 1, divide: 1 };

/** @param ratio of everything, on top of those of tiers */
function tariffsOf(list: PriceList, card: PriceCard, ratio: Ratio): Tariffs {
  const scaled = (steps: Tariff['steps'], { multiply, divide }: Ratio): Tariff => ({
    steps,
    multiply: BigInt(multiply) * BigInt(ratio.multiply),
    divide: BigInt(divide) * BigInt(ratio.divide),
  });
  const standard = scaled(stepsOf(list), AS_IT_STANDS);
  const tiers = new Map<string, Tariff>();
  for (const [name, tier] of Object.entries(card.tiers ?? {})) {
    tiers.set(
      name,
      'multiply' in tier
        ? scaled(standard.steps, tier)
        : scaled(stepsOf({ complete: card.complete ?? false, ...tier }), AS_IT_STANDS),
    );
  }
  const all = [{ name: STANDARD_TIER, tariff: standard }, ...[...tiers].map(([name, tariff]) => ({ name, tariff }))];
  const dearest = all.reduce((most, each) => (outputOf(each.tariff) > outputOf(most.tariff) ? each : most));
  return { standard, tiers, dearest };
}

const allOf = ({ standard, tiers }: Tariffs): readonly Tariff[] => [standard, ...tiers.values()];

/** The rates for a request of so many input tokens. */
export function ratesAt(tariff: Tariff, inputTokens: number): Rates {
  let [rates] = tariff.steps;
  for (const step of tariff.steps) if (inputTokens > step.aboveInput) rates = step;
  return rates;
}

/** The most that a token may cost in a request of so many input tokens. */
export function ceilingAt(card: CompiledCard, inputTokens: number): Ceiling {
  let [ceiling] = card.ceilings;
  for (const next of card.ceilings) if (inputTokens > next.aboveInput) ceiling = next;
  return ceiling;
}

/** What keeping input for an hour costs at those who offer it: twice the input. Counted only where it is not listed. */
const HOUR_OF_CACHE = 2n;

/** Below every count of tokens. */
const ANY_INPUT = -1;

function stepsOf(list: PriceList): [Rates, ...Rates[]] {
  const steps = (list.above ?? [])
    .toSorted((a, b) => a.above_input_tokens - b.above_input_tokens)
    .map((step) => ratesOf({ ...list, ...step }, step.above_input_tokens));
  return [ratesOf(list, ANY_INPUT), ...steps];
}

function ratesOf(list: PriceList, aboveInput: number): Rates {
  const input = BigInt(list.input_pico_usd);
  const output = BigInt(list.output_pico_usd);
  const or = (price: number | undefined, fallback: bigint): bigint => (price === undefined ? fallback : BigInt(price));
  const dearer = max([input, output]);
  const apart = list.complete === true ? { input, output } : { input: dearer, output: dearer };
  const cacheWrite = or(list.cache_write_pico_usd, apart.input);
  return {
    aboveInput,
    input,
    output,
    cacheRead: or(list.cache_read_pico_usd, input),
    cacheWrite,
    cacheWrite1h: or(list.cache_write_1h_pico_usd, hourOf(list, input, cacheWrite)),
    reasoning: or(list.reasoning_pico_usd, output),
    inputAudio: or(list.input_audio_pico_usd, apart.input),
    outputAudio: or(list.output_audio_pico_usd, apart.output),
    inputImage: or(list.input_image_pico_usd, input),
    outputImage: or(list.output_image_pico_usd, apart.output),
    request: or(list.request_pico_usd, 0n),
  };
}

/** Nothing apart where a complete card charges nothing for writing at all. */
function hourOf(list: PriceList, input: bigint, cacheWrite: bigint): bigint {
  if (list.complete === true && list.cache_write_pico_usd === undefined) return input;
  return max([cacheWrite, HOUR_OF_CACHE * input]);
}

/** Rounded up, so that it stays a bound where a ratio does not divide. */
const scaledUp = (pico: bigint, { multiply, divide }: Tariff): bigint => (pico * multiply + divide - 1n) / divide;

const outputOf = (tariff: Tariff): bigint => scaledUp(tariff.steps[0].output, tariff);

function ceilingsOf(tariffs: readonly Tariff[]): [Ceiling, ...Ceiling[]] {
  const rows = tariffs.flatMap((tariff) => tariff.steps.map((rates) => ceilingOf(rates, tariff)));
  const starts = new Set(rows.map((row) => row.aboveInput).filter((start) => start > ANY_INPUT));
  const dearestFrom = (aboveInput: number): Ceiling => {
    const reached = rows.filter((row) => row.aboveInput <= aboveInput);
    return {
      aboveInput,
      inputPico: max(reached.map((row) => row.inputPico)),
      outputPico: max(reached.map((row) => row.outputPico)),
      requestPico: max(reached.map((row) => row.requestPico)),
    };
  };
  return [dearestFrom(ANY_INPUT), ...[...starts].toSorted((a, b) => a - b).map(dearestFrom)];
}

const ceilingOf = (rates: Rates, tariff: Tariff): Ceiling => ({
  aboveInput: rates.aboveInput,
  inputPico: scaledUp(
    max([rates.input, rates.cacheRead, rates.cacheWrite, rates.cacheWrite1h, rates.inputAudio, rates.inputImage]),
    tariff,
  ),
  outputPico: scaledUp(max([rates.output, rates.reasoning, rates.outputAudio, rates.outputImage]), tariff),
  requestPico: scaledUp(rates.request, tariff),
});

function max(values: readonly bigint[]): bigint {
  let most = 0n;
  for (const value of values) if (value > most) most = value;
  return most;
}
