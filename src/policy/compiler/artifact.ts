/**
 * Owns finding the compiler's WebAssembly: shipped in the package, else cached by content, else built with Go.
 * May import core and its own room. Fails with `compiler_unavailable` and one sentence saying what to do: no Go, or a
 * build that failed. A file in the cache is complete or not there: it is written beside and renamed.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Failure } from '../../core/failure.ts';
import { buildWithGo, GO_ENVIRONMENT, GO_FLAGS } from './go-build.ts';
import { withLock } from './lock.ts';

export interface CompilerProgress {
  readonly phase: 'unpacking' | 'waiting for another build' | 'downloading modules' | 'compiling';
  /** Such as the module or package being worked on. */
  readonly detail?: string;
  readonly elapsedMs: number;
}

export interface CompilerArtifact {
  /** Hex SHA-256 that names this compiler: equal hashes compile alike. Needs no built compiler. */
  hash(): Promise<string>;
  /** The WebAssembly file, built if need be; asked again, the same. */
  path(): Promise<string>;
}

export interface ArtifactOptions {
  /** Told at every step and once a second while building. */
  readonly onProgress?: (progress: CompilerProgress) => void;
  /** The folder that holds `compiler/` or `dist/compiler.wasm.gz`; default: this package. */
  readonly packageRoot?: string;
  /** Default: `.cache` of a checkout, else `$XDG_CACHE_HOME/turnpike`, else `~/.cache/turnpike`. */
  readonly cacheRoot?: string;
  /** Where `go` is looked for; default: the process's PATH. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The root of this package: three folders up, from `src/` as from `dist/`. */
const PACKAGE_ROOT = join(import.meta.dirname, '..', '..', '..');
const MAX_WASM_BYTES = 256 << 20;

export function locateCompiler(options: ArtifactOptions = {}): CompilerArtifact {
  const { packageRoot = PACKAGE_ROOT, env = process.env } = options;
  const startedAtMs = performance.now();
  const report = (phase: CompilerProgress['phase'], detail?: string): void =>
    options.onProgress?.({
      phase,
      elapsedMs: performance.now() - startedAtMs,
      ...(detail === undefined ? {} : { detail }),
    });

  let origin: Promise<Origin> | undefined;
  let made: Promise<string> | undefined;
  const findOrigin = (): Promise<Origin> => (origin ??= originOf(packageRoot));
  const make = async (): Promise<string> => {
    const found = await findOrigin();
    const cacheRoot = options.cacheRoot ?? defaultCacheRoot(packageRoot, env);
    const target = join(cacheRoot, 'compiler', found.hash, 'compiler.wasm');
    if (existsSync(target)) return target;
    await mkdir(dirname(target), { recursive: true });
    await withLock(
      join(dirname(target), 'building'),
      () => report('waiting for another build'),
      async () => {
        if (existsSync(target)) return;
        const draft = `${target}.${process.pid}.draft`;
        try {
          await (found.kind === 'shipped'
            ? unpack(found.archive, draft, report)
            : buildWithGo({ sourceDirectory: found.sourceDirectory, output: draft, env, report }));
          await rename(draft, target);
        } finally {
          await rm(draft, { force: true });
        }
      },
    );
    return target;
  };

  return {
    hash: async () => (await findOrigin()).hash,
    path() {
      // A failure is not kept: Go may be installed by the next time somebody asks.
      made ??= make().catch((reason: unknown) => {
        made = undefined;
        throw reason instanceof Failure ? reason : notWritten(reason);
      });
      return made;
    },
  };
}

/** `.cache` of a checkout, else the user's cache folder. */
export function defaultCacheRoot(
  packageRoot: string = PACKAGE_ROOT,
  env: ArtifactOptions['env'] = process.env,
): string {
  if (existsSync(join(packageRoot, 'compiler', 'go.mod'))) return join(packageRoot, '.cache');
  const configured = env['XDG_CACHE_HOME'];
  return join(configured === undefined || configured === '' ? join(homedir(), '.cache') : configured, 'turnpike');
}

type Origin =
  | { readonly kind: 'shipped'; readonly archive: string; readonly hash: string }
  | { readonly kind: 'sources'; readonly sourceDirectory: string; readonly hash: string };

/** Sources win: where they are, they may have changed since anything was shipped. */
async function originOf(packageRoot: string): Promise<Origin> {
  const sourceDirectory = join(packageRoot, 'compiler');
  if (existsSync(join(sourceDirectory, 'go.mod'))) {
    return { kind: 'sources', sourceDirectory, hash: await hashSources(sourceDirectory) };
  }
  const archive = join(packageRoot, 'dist', 'compiler.wasm.gz');
  if (existsSync(archive)) {
    return {
      kind: 'shipped',
      archive,
      hash: createHash('sha256')
        .update(await readFile(archive))
        .digest('hex'),
    };
  }
  throw new Failure(
    'compiler_unavailable',
    `this installation holds no policy compiler (neither ${archive} nor ${sourceDirectory}): install the package again, or serve a bundle that is built already`,
  );
}

async function hashSources(directory: string): Promise<string> {
  const names = (await readdir(directory)).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name)).sort();
  const hash = createHash('sha256').update(JSON.stringify([GO_FLAGS, GO_ENVIRONMENT]));
  for (const name of names) {
    const content = await readFile(join(directory, name));
    hash.update(JSON.stringify([name, content.length])).update(content);
  }
  return hash.digest('hex');
}

function notWritten(cause: unknown): Failure {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new Failure(
    'compiler_unavailable',
    `the policy compiler cannot be kept in the cache${why}; XDG_CACHE_HOME names another folder for it`,
    { cause },
  );
}

async function unpack(archive: string, output: string, report: (phase: 'unpacking') => void): Promise<void> {
  report('unpacking');
  try {
    const wasm = await promisify(gunzip)(await readFile(archive), { maxOutputLength: MAX_WASM_BYTES });
    await writeFile(output, wasm);
  } catch (cause) {
    throw new Failure('compiler_unavailable', `${archive} cannot be unpacked: install the package again`, { cause });
  }
}
