/**
 * Why a cost changed: how much of the change comes from each factor of
 *
 *   cost = calls × (tokens / call) × Σ over models (share of the tokens × cost of a token)
 *
 * Each factor gets the mean of what it changes over all 24 orders in which the four can be moved from one period to the
 * other (the Shapley value; A. F. Shorrocks, "Decomposition procedures for distributional analysis", Journal of
 * Economic Inequality 11, 2013; for products the same as J. W. Sun's complete decomposition, Energy Economics 20,
 * 1998). Nothing is left over, no order is preferred, and a factor that did not change gets exactly nothing.
 *
 * Reckoned in integers: one common denominator, divided once. What rounding down leaves, fewer than four nano-USD, goes
 * to the largest remainders, in the order of the parts where they are equal; so the parts always sum to the change.
 *
 * A factor that one period does not have is taken as in the other: a model that is new costs there what it costs here,
 * so it is a change of the mix and not of a price; a team that is new is all volume. Tokens without a call (a retry
 * after midnight) count as of one call. What cost money without a token, such as an image or a request, is `other`.
 * The cost of a token is the mean over what the model read, cached and wrote: a shift between them counts as price.
 */

export interface Cell {
  /** What has a price of its own: `provider/model`. */
  readonly model: string;
  readonly calls: number;
  readonly tokens: number;
  readonly costNano: bigint;
}

/** Nano-USD; they sum to the change. */
export interface Why {
  readonly volume: bigint;
  readonly tokensPerCall: bigint;
  readonly mix: bigint;
  readonly price: bigint;
  readonly other: bigint;
}

export const NO_CHANGE: Why = { volume: 0n, tokensPerCall: 0n, mix: 0n, price: 0n, other: 0n };

export function explain(before: readonly Cell[], after: readonly Cell[]): Why {
  const [first, second] = [factorsOf(before), factorsOf(after)];
  const other = second.untokened - first.untokened;
  const models = [...new Set([...first.models.keys(), ...second.models.keys()])];
  if (models.length === 0) return { ...NO_CHANGE, other };
  const [volume = 0n, tokensPerCall = 0n, mix = 0n, price = 0n] = shared(valuesOf(first, second, models));
  return { volume, tokensPerCall, mix, price, other };
}

export const plusWhy = (left: Why, right: Why): Why => ({
  volume: left.volume + right.volume,
  tokensPerCall: left.tokensPerCall + right.tokensPerCall,
  mix: left.mix + right.mix,
  price: left.price + right.price,
  other: left.other + right.other,
});

interface Factors {
  readonly calls: bigint;
  readonly tokens: bigint;
  /** Those with tokens. */
  readonly models: ReadonlyMap<string, { readonly tokens: bigint; readonly cost: bigint }>;
  readonly untokened: bigint;
}

function factorsOf(cells: readonly Cell[]): Factors {
  const sums = new Map<string, { tokens: bigint; cost: bigint }>();
  let calls = 0n;
  for (const cell of cells) {
    const sum = sums.get(cell.model) ?? { tokens: 0n, cost: 0n };
    sums.set(cell.model, { tokens: sum.tokens + BigInt(cell.tokens), cost: sum.cost + cell.costNano });
    calls += BigInt(cell.calls);
  }
  let tokens = 0n;
  let untokened = 0n;
  const models = new Map<string, { tokens: bigint; cost: bigint }>();
  for (const [model, sum] of sums) {
    if (sum.tokens === 0n) untokened += sum.cost;
    else models.set(model, sum);
    tokens += sum.tokens;
  }
  return { calls: calls === 0n && tokens > 0n ? 1n : calls, tokens, models, untokened };
}

interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

/** For every set of factors that is moved (bit 0 volume, 1 tokens per call, 2 mix, 3 price): the cost, over `bottom`. */
interface Values {
  readonly tops: readonly bigint[];
  readonly bottom: bigint;
}

function valuesOf(first: Factors, second: Factors, models: readonly string[]): Values {
  const pair = [first, second] as const;
  const calls = pair.map((one) => one.calls);
  const perCall = pair.map((one, index): Fraction => {
    const has = one.calls > 0n ? one : (pair[1 - index] ?? one);
    return { top: has.tokens, bottom: has.calls > 0n ? has.calls : 1n };
  });
  const mixes = pair.map((one, index) => {
    const has = one.tokens > 0n ? one : (pair[1 - index] ?? one);
    return { tops: models.map((model) => has.models.get(model)?.tokens ?? 0n), bottom: has.tokens };
  });
  const prices = pair.map((one, index) => {
    const fractions = models.map((model): Fraction => {
      const has = one.models.get(model) ?? pair[1 - index]?.models.get(model);
      return { top: has?.cost ?? 0n, bottom: has?.tokens ?? 1n };
    });
    const bottom = fractions.reduce((product, fraction) => product * fraction.bottom, 1n);
    return { tops: fractions.map((fraction) => fraction.top * (bottom / fraction.bottom)), bottom };
  });

  const bottomOf = (parts: readonly { readonly bottom: bigint }[]): bigint =>
    parts.reduce((product, part) => product * part.bottom, 1n);
  const bottom = bottomOf(perCall) * bottomOf(mixes) * bottomOf(prices);
  const inner = mixes.map((mix) =>
    prices.map((price) => mix.tops.reduce((sum, share, index) => sum + share * (price.tops[index] ?? 0n), 0n)),
  );
  const tops = Array.from({ length: 16 }, (_, moved) => {
    const at = (bit: number): 0 | 1 => ((moved >> bit) & 1) as 0 | 1; // the cast: one bit is 0 or 1
    const rate = perCall[at(1)] ?? { top: 0n, bottom: 1n };
    const own = rate.bottom * (mixes[at(2)]?.bottom ?? 1n) * (prices[at(3)]?.bottom ?? 1n);
    return (calls[at(0)] ?? 0n) * rate.top * (inner[at(2)]?.[at(3)] ?? 0n) * (bottom / own);
  });
  return { tops, bottom };
}

const FACTORS = 4;
/** Of the 24 orders, in so many exactly those `size` others go before: size! × (3 − size)!. */
const ORDERS = [6n, 2n, 2n, 6n] as const;

function shared({ tops, bottom }: Values): readonly bigint[] {
  const whole = 24n * bottom;
  const parts = Array.from({ length: FACTORS }, (_, factor) => {
    const bit = 1 << factor;
    let top = 0n;
    for (const [moved, value] of tops.entries()) {
      if ((moved & bit) !== 0) continue;
      top += (ORDERS[bits(moved)] ?? 0n) * ((tops[moved | bit] ?? 0n) - value);
    }
    const rest = ((top % whole) + whole) % whole;
    return { factor, floor: (top - rest) / whole, rest };
  });
  let left = parts.reduce((sum, part) => sum + part.rest, 0n) / whole;
  const byRest = parts.toSorted((one, two) =>
    one.rest === two.rest ? one.factor - two.factor : one.rest > two.rest ? -1 : 1,
  );
  const result = parts.map((part) => part.floor);
  for (const { factor } of byRest) {
    if (left === 0n) break;
    result[factor] = (result[factor] ?? 0n) + 1n;
    left -= 1n;
  }
  return result;
}

const bits = (set: number): number => (set & 1) + ((set >> 1) & 1) + ((set >> 2) & 1) + ((set >> 3) & 1);
