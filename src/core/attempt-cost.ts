/** What an attempt cost, to the nano-dollar, by the card in force; and the most that one may cost before it is made. */
import type { AttemptCost } from './attempt.ts';
import { cardAt, chargeNano, nanoFromPico } from './cost.ts';
import { ceilingAt, type PriceBook, ratesAt, type Tariff, type Tariffs, tariffsAt } from './price-card.ts';
import type { MeteredUsage, TokenCounts } from './usage.ts';

/** How vendors call what their price list is about; prepaid capacity counts at list price. */
const STANDARD: ReadonlySet<string> = new Set([
  'standard',
  'default',
  'auto',
  'on_demand',
  'scale',
  'reserved',
  'provisioned_throughput',
]);
/** Tiers that no vendor charges more for than for the standard one. */
const CHEAPER: ReadonlySet<string> = new Set(['batch', 'flex']);

/**
 * Parts of the input (cached, written to the cache, audio, images) are taken to be apart from one another; where they
 * come to more than the total, the dearer kinds count first and the rest is left out.
 * A tier that the card does not price costs what the standard one does where it is known to be cheaper, else what the
 * dearest of the card does, and the cost is `estimated`.
 */
export function costOf(book: PriceBook, target: string, usage: MeteredUsage, atMs: number): AttemptCost {
  const card = cardAt(book, target, atMs);
  if (card === undefined) return { kind: 'unpriced' };
  if (usage.kind === 'unknown') return { kind: 'unknown' };
  const { tokens } = usage;
  const { tariff, name, listed } = tariffOf(tariffsAt(card, atMs), tokens.tier);
  const rates = ratesAt(tariff, tokens.input);

  const input = new Share(tokens.input);
  const written1h = input.take(tokens.cacheWrite1h);
  const written = input.take(tokens.cacheWrite);
  const audio = input.take(tokens.inputAudio);
  const image = input.take(tokens.inputImage);
  const read = input.take(tokens.cacheRead);
  const output = new Share(tokens.output);
  const outputImage = output.take(tokens.outputImage);
  const outputAudio = output.take(tokens.outputAudio);
  const reasoning = output.take(tokens.reasoning);

  const inputNano = chargeNano(
    times(input.left, rates.input) + times(audio, rates.inputAudio) + times(image, rates.inputImage),
    tariff,
  );
  const cacheReadNano = chargeNano(times(read, rates.cacheRead), tariff);
  const cacheWriteNano = chargeNano(times(written, rates.cacheWrite) + times(written1h, rates.cacheWrite1h), tariff);
  const outputNano = chargeNano(
    times(output.left, rates.output) +
      times(reasoning, rates.reasoning) +
      times(outputAudio, rates.outputAudio) +
      times(outputImage, rates.outputImage),
    tariff,
  );
  const otherNano = chargeNano(rates.request, tariff);
  const totalNano = inputNano + cacheReadNano + cacheWriteNano + outputNano + otherNano;
  return {
    kind: 'priced',
    priceId: card.id,
    tier: name === 'standard' && rates.aboveInput >= 0 ? 'long_context' : name,
    items: { inputNano, cacheReadNano, cacheWriteNano, outputNano, otherNano, totalNano },
    estimated: usage.kind === 'estimated' || !listed,
  };
}

/**
 * The most that an attempt with at most so many tokens may cost, in any tier and at any time of the day (it is held
 * before it starts, and may start when it has become dearer), with any share of them cached, written to
 * the cache, heard, seen or thought; in nano-USD. Undefined: no card is in force.
 */
export function boundOf(
  book: PriceBook,
  target: string,
  tokens: Pick<TokenCounts, 'input' | 'output'>,
  atMs: number,
): bigint | undefined {
  const card = cardAt(book, target, atMs);
  if (card === undefined) return undefined;
  const inputTokens = whole(tokens.input);
  const ceiling = ceilingAt(card, inputTokens);
  const input = BigInt(inputTokens) * ceiling.inputPico;
  const output = BigInt(whole(tokens.output)) * ceiling.outputPico;
  return (input + ROUNDING_OF_INPUT) / 1000n + nanoFromPico(output) + nanoFromPico(ceiling.requestPico);
}

/** Input is rounded up in at most three items (plain, read, written), by half a nano-dollar each. */
const ROUNDING_OF_INPUT = 1500n;

/** Tokens of one direction, given away part by part. */
class Share {
  left: number;

  constructor(total: number) {
    this.left = whole(total);
  }

  take(part: number | undefined): number {
    if (part === undefined) return 0;
    const taken = Math.min(whole(part), this.left);
    this.left -= taken;
    return taken;
  }
}

/** Counts come from outside: never negative, never a fraction, never beyond what a double holds. */
const whole = (count: number): number => (count > 0 ? Math.min(Math.ceil(count), Number.MAX_SAFE_INTEGER) : 0);

/** Most parts are empty: they cost no arithmetic. */
const times = (tokens: number, pico: bigint): bigint => (tokens === 0 ? 0n : BigInt(tokens) * pico);

function tariffOf(
  { standard, tiers, dearest }: Tariffs,
  vendorTier: string | undefined,
): { readonly tariff: Tariff; readonly name: string; readonly listed: boolean } {
  const name = vendorTier === undefined ? 'standard' : vendorTier.toLowerCase();
  const tariff = tiers.get(name);
  if (tariff !== undefined) return { tariff, name, listed: true };
  if (STANDARD.has(name)) return { tariff: standard, name: 'standard', listed: true };
  if (CHEAPER.has(name)) return { tariff: standard, name: 'standard', listed: false };
  return { ...dearest, listed: false };
}
