/**
 * Catalogues of any size for benchmarks: the real one, and as many variations of its models as are asked for.
 * Owns nothing but arithmetic; may import nothing.
 * Pure: the same arguments give the same catalogue.
 * Fails with a RangeError when there is no model to vary, or fewer are asked for than there are.
 */

/** A model as `policies/data/models.yaml` has it. */
export interface CatalogueModel {
  readonly family: string;
  readonly stage: string;
  readonly tier: string;
  readonly pace: string;
  readonly capabilities: readonly string[];
  readonly context_window: number;
  readonly max_output_tokens: number;
  readonly regions: readonly string[];
  readonly clearance: string;
  /** 0 to 1. */
  readonly quality: number;
  readonly first_token_ms: number;
}

/** A price card as `policies/data/prices.yaml` has it; integer pico-USD per token. */
export interface CataloguePrice {
  readonly id: string;
  readonly effective_from: string;
  readonly input_pico_usd: number;
  readonly output_pico_usd: number;
}

export type CatalogueModels = Readonly<Record<string, CatalogueModel>>;
export type CataloguePrices = Readonly<Record<string, readonly CataloguePrice[]>>;

const REGIONS = ['us', 'eu', 'apac'] as const;

/**
 * @param count models in the result, the given ones among them
 * @param seed any integer
 * @throws RangeError when `models` is empty or larger than `count`
 */
export function growCatalogue(
  models: CatalogueModels,
  prices: CataloguePrices,
  count: number,
  seed: number,
): { readonly models: CatalogueModels; readonly prices: CataloguePrices } {
  const originals = Object.entries(models);
  if (originals.length === 0) throw new RangeError('grow: the catalogue has no model to vary');
  if (originals.length > count) throw new RangeError(`grow: ${originals.length} models cannot shrink to ${count}`);
  const random = createRandom(seed);
  const grownModels: Record<string, CatalogueModel> = { ...models };
  const grownPrices: Record<string, readonly CataloguePrice[]> = { ...prices };
  for (let index = 0; originals.length + index < count; index += 1) {
    const [original, model] = originals[index % originals.length] ?? originals[0] ?? [];
    if (original === undefined || model === undefined) break;
    const name = `${original}-v${Math.floor(index / originals.length) + 1}`;
    const factor = 0.6 + random();
    grownModels[name] = vary(model, name, random);
    grownPrices[name] = (prices[original] ?? []).map((card) => reprice(card, name, factor));
  }
  return { models: grownModels, prices: grownPrices };
}

function vary(model: CatalogueModel, name: string, random: () => number): CatalogueModel {
  const regions = model.regions.filter(() => random() < 0.8);
  return {
    ...model,
    family: name.slice(name.indexOf('/') + 1),
    context_window: Math.round(model.context_window * (0.5 + random())),
    regions: regions.length > 0 ? regions : [REGIONS[Math.floor(random() * REGIONS.length)] ?? 'us'],
    quality: Math.round(Math.min(0.99, Math.max(0.3, model.quality + (random() - 0.6) * 0.2)) * 100) / 100,
    first_token_ms: Math.round(model.first_token_ms * (0.6 + random())),
  };
}

function reprice(card: CataloguePrice, name: string, factor: number): CataloguePrice {
  return {
    id: `${name}@${card.effective_from}`,
    effective_from: card.effective_from,
    input_pico_usd: Math.round(card.input_pico_usd * factor),
    output_pico_usd: Math.round(card.output_pico_usd * factor),
  };
}

/** Mulberry32: 0 inclusive to 1 exclusive. */
function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
