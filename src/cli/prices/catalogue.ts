/**
 * The open catalogue of prices, from the package that the user installed (`@pydantic/genai-prices`, MIT). It is data of
 * somebody else: whatever it holds is looked at before it is used.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../core/failure.ts';

export const CATALOGUE_PACKAGE = '@pydantic/genai-prices';

/** Numbers by the catalogue's own names, such as `input_mtok`; a table where the price depends on the length. */
export type CataloguePrices = Readonly<Record<string, unknown>>;

/** Prices of a model from a day on. */
export interface CatalogueEntry {
  /** `YYYY-MM-DD`; undefined: since ever. */
  readonly from: string | undefined;
  readonly prices: CataloguePrices;
}

export type CatalogueModel =
  | { readonly kind: 'priced'; readonly id: string; readonly entries: readonly CatalogueEntry[] }
  /** Its price cannot be said by dated cards. */
  | { readonly kind: 'odd'; readonly id: string; readonly why: string };

export interface Catalogue {
  /** Name and version, for what is told and written. */
  readonly name: string;
  find(provider: string, model: string): CatalogueModel | undefined;
}

/**
 * @param folder where the user's installation is looked for
 * @param own a file from which it is looked for next
 * @throws Failure `config_invalid` where it is not installed, or is not what it should be
 */
export async function loadCatalogue(folder: string, own: string = import.meta.filename): Promise<Catalogue> {
  const path = resolveFrom(join(folder, 'package.json')) ?? resolveFrom(own);
  if (path === undefined) {
    throw new Failure(
      'config_invalid',
      `the catalogue of prices is not installed: npm install --save-dev ${CATALOGUE_PACKAGE}`,
    );
  }
  const loaded: unknown = await import(pathToFileURL(path).href);
  const calcPrice = isRecord(loaded) ? loaded['calcPrice'] : undefined;
  if (typeof calcPrice !== 'function') {
    throw new Failure('config_invalid', `${CATALOGUE_PACKAGE}: has no calcPrice, is it another version? (${path})`);
  }
  return {
    name: `${CATALOGUE_PACKAGE} ${versionOf(path)}`,
    // Asked for a price of nothing, it says which model it would have taken.
    find: (provider, model) =>
      modelOf(calcPrice({ input_tokens: 0, output_tokens: 0 }, model, { providerId: provider })),
  };
}

function modelOf(answer: unknown): CatalogueModel | undefined {
  const model = isRecord(answer) ? answer['model'] : undefined;
  if (!isRecord(model) || typeof model['id'] !== 'string') return undefined;
  const { id, prices } = model;
  if (isRecord(prices)) return { kind: 'priced', id, entries: [{ from: undefined, prices }] };
  if (!Array.isArray(prices)) return { kind: 'odd', id, why: 'no prices' };
  const entries: CatalogueEntry[] = [];
  for (const row of prices) {
    const entry = entryOf(row);
    if (entry === undefined) return { kind: 'odd', id, why: 'depends on more than the day' };
    entries.push(entry);
  }
  return { kind: 'priced', id, entries: entries.toSorted((a, b) => (a.from ?? '').localeCompare(b.from ?? '')) };
}

function entryOf(row: unknown): CatalogueEntry | undefined {
  if (!isRecord(row) || !isRecord(row['prices'])) return undefined;
  const { prices, constraint } = row;
  if (constraint === undefined) return { from: undefined, prices };
  const from = isRecord(constraint) && constraint['type'] === 'start_date' ? constraint['start_date'] : undefined;
  return typeof from === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(from) ? { from, prices } : undefined;
}

function resolveFrom(file: string): string | undefined {
  try {
    return createRequire(file).resolve(CATALOGUE_PACKAGE);
  } catch {
    return undefined;
  }
}

function versionOf(path: string): string {
  try {
    // The package exports no package.json; beside the folder of its code there is one.
    const manifest: unknown = JSON.parse(readFileSync(join(path, '..', '..', 'package.json'), 'utf8'));
    return isRecord(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : 'of unknown version';
  } catch {
    return 'of unknown version';
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
