/** `turnpike policy build`: check, test and compile a folder into one bundle, or say why not. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { tryBuildBundle } from '../../policy/build.ts';
import type { Bundle } from '../../policy/bundle/bundle.ts';
import { writeBundle } from '../../policy/bundle/write.ts';
import type { Diagnostic } from '../../policy/compiler/diagnostic.ts';
import { revisionOf } from '../../policy/source/revision.ts';
import { EXIT, printable } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { findingsText } from './finding-text.ts';
import { shortfallOf } from './test.ts';
import { testsText } from './test-text.ts';
import { type PolicyTools, readSources, withPolicyTools } from './tools.ts';

export interface BuildCommand {
  readonly directory: string;
  /** Default `bundle.tar.gz`. */
  readonly output?: string;
  /** Default: the git commit of the folder. */
  readonly revision?: string;
  /** Default `turnpike/decision`; METADATA `entrypoint: true` joins them. */
  readonly entrypoints?: readonly string[];
  /** Compile without running the tests. */
  readonly skipTests?: boolean;
  readonly json?: boolean;
}

/** @returns 0 when the bundle was written, 1 when check or tests stand in its way, 2 when it could not run */
export function runPolicyBuild(options: BuildCommand, io: Io): Promise<number> {
  const { directory, output = 'bundle.tar.gz', entrypoints = ['turnpike/decision'] } = options;
  const run = async ({ compiler, progress, builtins, bundleCache }: PolicyTools): Promise<number> => {
    const refuse = (diagnostics: readonly Diagnostic[]): number => {
      progress.done();
      if (options.json === true) io.stdout.write(`${JSON.stringify({ ok: false, diagnostics }, undefined, 2)}\n`);
      else io.stdout.write(findingsText(diagnostics, directory, io.color));
      return EXIT.failed;
    };
    const sources = await readSources(directory, io);
    const available = await builtins();
    progress.step('checking the policies');
    const checked = await compiler.check(sources, available);
    if (checked.kind === 'refused') return refuse(checked.diagnostics);
    if (options.skipTests !== true) {
      progress.step('testing the policies');
      const tested = await compiler.test(sources);
      if (tested.kind === 'refused') return refuse(tested.diagnostics);
      const shortfall = tested.value.tests.length === 0 ? undefined : shortfallOf(tested.value, {});
      if (shortfall !== undefined) {
        progress.done();
        if (options.json === true) io.stdout.write(`${JSON.stringify({ ok: false, ...tested.value }, undefined, 2)}\n`);
        else io.stdout.write(testsText(tested.value, { directory, color: io.color, verbose: false }));
        io.stderr.write(`${shortfall}, so nothing was built\n`);
        return EXIT.failed;
      }
    }
    progress.step('compiling the policies');
    const { makePrepareEvaluator } = await import('../../compose-prepare.ts');
    const built = await tryBuildBundle(sources, {
      ...available,
      compiler,
      cacheDir: bundleCache,
      entrypoints,
      revision: options.revision ?? (await revisionOf(resolve(io.cwd, directory))),
      makeEvaluator: makePrepareEvaluator,
    });
    if (built.kind === 'refused') return refuse(built.diagnostics);
    const sizeBytes = await writeWhole(resolve(io.cwd, output), built.bundle);
    progress.done();
    tell(built.bundle, { output, sizeBytes, json: options.json === true }, io);
    return EXIT.ok;
  };
  return withPolicyTools(io, run, { optimize: options.skipTests !== true });
}

/** Written beside and renamed: who watches the file never sees half of it. */
async function writeWhole(path: string, bundle: Bundle): Promise<number> {
  const bytes = await writeBundle(bundle);
  const draft = `${path}.${process.pid}.draft`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(draft, bytes);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  return bytes.length;
}

function tell(
  { revision, digest, entrypoints }: Bundle,
  written: { readonly output: string; readonly sizeBytes: number; readonly json: boolean },
  io: Io,
): void {
  const { output, sizeBytes } = written;
  if (written.json) {
    const document = { ok: true, output, size_bytes: sizeBytes, revision, digest, entrypoints };
    io.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  io.stdout.write(
    [
      `${printable(output)}  ${sizeBytes} bytes`,
      `revision     ${printable(revision)}`,
      `digest       ${digest}`,
      `entry points ${printable(entrypoints.join(', '))}`,
      '',
    ].join('\n'),
  );
}
