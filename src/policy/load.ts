/** Where a served policy comes from: a folder of sources, compiled through the cache, or a bundle. */
import { stat } from 'node:fs/promises';
import { Failure } from '../core/failure.ts';
import type { EvaluatorFactory } from '../engine/evaluator.ts';
import { buildBundle } from './build.ts';
import { type Bundle, factOf, isObject } from './bundle/bundle.ts';
import { readBundle, readBundlePath } from './bundle/read.ts';
import type { Compiler } from './compiler/client.ts';
import type { LoadedPolicy, LoadPolicy } from './lifecycle.ts';
import { readPolicyDirectory } from './source/directory.ts';
import { revisionOf } from './source/revision.ts';

export interface LoadOptions {
  readonly entrypoint: string;
  /** Overrides what git or the bundle says. */
  readonly revision?: string;
  /** Builtins that the evaluator's host answers. */
  readonly hostBuiltins: Iterable<string>;
  /** Builtins left out on purpose, each with its reason. */
  readonly refusedBuiltins?: ReadonlyMap<string, string>;
  /** Keeps built bundles, by content. */
  readonly cacheDir: string;
  /** Prepares data while a bundle is built. */
  readonly makeEvaluator: EvaluatorFactory;
}

/** @param compiler is asked for only where the cache has no bundle; it lives for one load */
export function loadFrom(
  source: string | Uint8Array,
  openCompiler: () => Pick<Compiler, 'hash' | 'build' | 'close'>,
  options: LoadOptions,
): LoadPolicy {
  return async () => {
    if (typeof source !== 'string') return loaded(await readBundle(source), options);
    const kind = await kindOf(source);
    return loaded(kind === 'file' ? await readBundlePath(source) : await build(source, openCompiler, options), options);
  };
}

async function kindOf(path: string): Promise<'file' | 'directory'> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Failure('not_found', `policy source "${path}": there is no such file or folder`, { cause });
  });
  return found.isDirectory() ? 'directory' : 'file';
}

async function build(
  directory: string,
  openCompiler: () => Pick<Compiler, 'hash' | 'build' | 'close'>,
  options: LoadOptions,
): Promise<Bundle> {
  const [sources, revision] = await Promise.all([readPolicyDirectory(directory), revisionOf(directory)]);
  const compiler = openCompiler();
  try {
    const { entrypoint, ...rest } = options;
    return await buildBundle(sources, { ...rest, compiler, entrypoints: [entrypoint], revision });
  } finally {
    compiler.close();
  }
}

const loaded = (bundle: Bundle, options: LoadOptions): LoadedPolicy => ({
  revision: options.revision ?? (bundle.revision === '' ? 'unversioned' : bundle.revision),
  digest: bundle.digest,
  program: {
    wasm: bundle.wasm,
    dataJson: bundle.dataJson,
    ...(bundle.plan === undefined ? {} : { plan: bundle.plan }),
  },
  builtinPlaces: builtinPlaces(bundle),
});

/** Read with care: a manifest is anybody's text. */
function builtinPlaces(bundle: Bundle): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const builtins = factOf(bundle, 'builtins');
  for (const one of Array.isArray(builtins) ? builtins : []) {
    if (!isObject(one) || typeof one['name'] !== 'string' || typeof one['file'] !== 'string') continue;
    places.set(one['name'], `${one['file']}:${String(one['row'])}:${String(one['col'])}`);
  }
  return places;
}
