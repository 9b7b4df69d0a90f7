/**
 * Owns sources → bundle, cached by content: once built, a start needs no compiler at all.
 * May import core, the engine's evaluator port and its own room. Fails with `policy_invalid` and every finding as a fault, or as the compiler does.
 * A damaged cache entry is built again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/failure.ts';
import type { EvaluatorFactory } from '../engine/evaluator.ts';
import { type Bundle, makeBundle, withRevision } from './bundle/bundle.ts';
import { readBundle } from './bundle/read.ts';
import { writeBundle } from './bundle/write.ts';
import type { Compiler } from './compiler/client.ts';
import { type Diagnostic, placeOf } from './compiler/diagnostic.ts';
import { addPrepared } from './prepare.ts';
import type { PolicySources } from './source/policy-sources.ts';

export interface BuildBundleOptions {
  readonly compiler: Pick<Compiler, 'hash' | 'build'>;
  /** Folder that keeps built bundles; none: build every time. */
  readonly cacheDir?: string;
  /** Such as `turnpike/decision`; rules with METADATA `entrypoint: true` join them. */
  readonly entrypoints: readonly string[];
  /** Builtins that the evaluator's host answers; a call of any other is a finding. */
  readonly hostBuiltins?: Iterable<string>;
  /** Why some others are missing, by name, for the finding. */
  readonly refusedBuiltins?: Iterable<readonly [string, string]>;
  /** Name of the sources' state; default `unversioned`. */
  readonly revision?: string;
  /** Put the value of rule `data.turnpike.prepare.prepared` at `data.prepared`; default true. */
  readonly prepare?: boolean;
  /** Evaluates that rule, some fifty times sooner than the compiler does by itself, which it does without this. */
  readonly makeEvaluator?: EvaluatorFactory;
}

/** What came of it: a bundle, or the findings that stand in its way. */
export type BuiltBundle =
  | { readonly kind: 'built'; readonly bundle: Bundle; readonly origin: 'cache' | 'compiler' }
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] };

/** @throws Failure `policy_invalid` where `tryBuildBundle` would give findings */
export async function buildBundle(sources: PolicySources, options: BuildBundleOptions): Promise<Bundle> {
  const built = await tryBuildBundle(sources, options);
  switch (built.kind) {
    case 'built':
      return built.bundle;
    case 'refused':
      throw refusedBy(built.diagnostics);
  }
}

export async function tryBuildBundle(sources: PolicySources, options: BuildBundleOptions): Promise<BuiltBundle> {
  const { compiler, cacheDir, entrypoints, prepare = true, revision = 'unversioned', makeEvaluator } = options;
  const hostBuiltins = options.hostBuiltins === undefined ? undefined : [...options.hostBuiltins].sort();
  const key = await keyOf(sources, compiler, { entrypoints, hostBuiltins, prepare });
  const cached = cacheDir === undefined ? undefined : await readCached(cacheDir, key);
  if (cached !== undefined) return { kind: 'built', bundle: withRevision(cached, revision), origin: 'cache' };

  const built = await compiler.build(sources, {
    entrypoints,
    prepare: !prepare ? 'nothing' : makeEvaluator === undefined ? 'evaluate' : 'compile',
    ...(hostBuiltins === undefined ? {} : { hostBuiltins }),
    ...(options.refusedBuiltins === undefined ? {} : { refusedBuiltins: options.refusedBuiltins }),
  });
  if (built.kind === 'refused') return built;
  const { wasm, plan, resolvers, builtins, prepareWasm } = built.value;
  const prepared =
    prepareWasm === undefined || makeEvaluator === undefined
      ? built.value
      : await addPrepared(built.value.dataJson, prepareWasm, makeEvaluator);
  const bundle = makeBundle({
    revision,
    wasm,
    plan,
    dataJson: prepared.dataJson,
    resolvers,
    facts: {
      prepared: prepared.prepared,
      builtins: builtins.map(({ name, native, file, row, col }) => ({ name, native, file, row, col })),
    },
  });
  if (cacheDir !== undefined) await writeCached(cacheDir, key, bundle);
  return { kind: 'built', bundle, origin: 'compiler' };
}

/** Findings as one Failure: the first in the message, all as faults. */
export function refusedBy(diagnostics: readonly Diagnostic[]): Failure {
  const [first] = diagnostics;
  if (first === undefined) return new Failure('policy_invalid', 'the policy is refused without a finding');
  const more = diagnostics.length === 1 ? '' : ` (and ${diagnostics.length - 1} more)`;
  const place = placeOf(first);
  return new Failure('policy_invalid', `${place === '' ? 'policy' : place}: ${first.message}${more}`, {
    faults: diagnostics.map((each) => ({ at: placeOf(each), message: each.message })),
  });
}

/** Bump when the meaning of a cached bundle changes. */
const CACHE_FORMAT = 2;

async function keyOf(sources: PolicySources, compiler: Pick<Compiler, 'hash'>, options: object): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([CACHE_FORMAT, await compiler.hash(), options]));
  for (const texts of [sources.modules, sources.data, sources.schemas]) {
    // Code units, not a locale: the same key on every machine.
    const entries = Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));
    hash.update(JSON.stringify(entries));
  }
  return hash.digest('hex');
}

const pathIn = (cacheDir: string, key: string): string => join(cacheDir, `${key}.tar.gz`);

async function readCached(cacheDir: string, key: string): Promise<Bundle | undefined> {
  try {
    return await readBundle(await readFile(pathIn(cacheDir, key)));
  } catch {
    // Absent or damaged: both mean that it is built again.
    return undefined;
  }
}

async function writeCached(cacheDir: string, key: string, bundle: Bundle): Promise<void> {
  const target = pathIn(cacheDir, key);
  const draft = `${target}.${process.pid}.draft`;
  try {
    await mkdir(cacheDir, { recursive: true });
    await writeFile(draft, await writeBundle(withRevision(bundle, '')));
    await rename(draft, target);
  } catch {
    // A cache that cannot be written makes the next start slower, not wrong.
    await rm(draft, { force: true }).catch(() => undefined);
  }
}
