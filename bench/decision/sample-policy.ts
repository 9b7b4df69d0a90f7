/** The sample policies, compiled, with the catalogue as it is or grown; through the same build and cache as a server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { buildBundle } from '../../src/policy/build.ts';
import type { Bundle } from '../../src/policy/bundle/bundle.ts';
import { defaultCacheRoot } from '../../src/policy/compiler/artifact.ts';
import type { Compiler } from '../../src/policy/compiler/client.ts';
import { readPolicyDirectory } from '../../src/policy/source/directory.ts';
import type { PolicySources } from '../../src/policy/source/policy-sources.ts';
import { HOST_BUILTINS } from '../../src/rego/builtins/table.ts';
import { type CatalogueModels, type CataloguePrices, growCatalogue } from '../catalogue/grow.ts';

export type CatalogueSize = 'sample' | 400 | 4000;

export const ENTRYPOINT = 'turnpike/decision';
export const POLICIES: string = join(import.meta.dirname, '..', '..', 'policies');
const SEED = 20_261_122;

export async function samplePolicy(size: CatalogueSize, compiler: Compiler): Promise<Bundle> {
  return buildBundle(await sampleSources(size), {
    compiler,
    cacheDir: join(defaultCacheRoot(), 'bundles'),
    entrypoints: [ENTRYPOINT],
    hostBuiltins: HOST_BUILTINS.keys(),
    revision: `bench-${size}`,
  });
}

export async function sampleSources(size: CatalogueSize): Promise<PolicySources> {
  const sources = await readPolicyDirectory(POLICIES);
  if (size === 'sample') return sources;
  // The files are the project's own and are checked when policies are built.
  const { models } = readYaml('models.yaml') as { models: CatalogueModels };
  const { prices } = readYaml('prices.yaml') as { prices: CataloguePrices };
  const grown = growCatalogue(models, prices, size, SEED);
  return {
    ...sources,
    data: {
      ...sources.data,
      'data/models.yaml': JSON.stringify({ models: grown.models }),
      'data/prices.yaml': stringify({ prices: grown.prices }),
    },
  };
}

const readYaml = (name: string): unknown => parse(readFileSync(join(POLICIES, 'data', name), 'utf8'));
