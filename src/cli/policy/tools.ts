/** What every `turnpike policy` command works with, and how each of them ends. */
import { join, resolve } from 'node:path';
import { defaultCacheRoot, locateCompiler } from '../../policy/compiler/artifact.ts';
import { type Compiler, type CompilerOptions, createCompiler } from '../../policy/compiler/client.ts';
import { readPolicyDirectory } from '../../policy/source/directory.ts';
import type { PolicySources } from '../../policy/source/policy-sources.ts';
import { EXIT, printable, tellFailure } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { createProgress, type Progress } from '../progress.ts';

export interface PolicyTools {
  readonly compiler: Compiler;
  readonly progress: Progress;
  /** Builtins that our evaluator's host answers, and why it refuses some others. */
  builtins(): Promise<{
    readonly hostBuiltins: readonly string[];
    readonly refusedBuiltins: ReadonlyMap<string, string>;
  }>;
  /** Folder of built bundles, keyed by content. */
  readonly bundleCache: string;
}

/** Opens the tools, runs the command and closes them; a Failure is told and becomes exit code 2: it could not run. */
export async function withPolicyTools(
  io: Io,
  command: (tools: PolicyTools) => Promise<number>,
  options: CompilerOptions = {},
): Promise<number> {
  const progress = createProgress(io);
  const compiler = createCompiler(
    locateCompiler({
      env: io.env,
      onProgress: ({ phase, detail }) =>
        progress.step(`the policy compiler: ${phase}${detail === undefined ? '' : ` ${printable(detail)}`}`),
    }),
    options,
  );
  try {
    return await command({
      compiler,
      progress,
      bundleCache: join(defaultCacheRoot(), 'bundles'),
      // Loaded when needed: the table brings every builtin's implementation with it.
      builtins: async () => {
        const { HOST_BUILTINS, REFUSED_BUILTINS } = await import('../../rego/builtins/table.ts');
        return { hostBuiltins: [...HOST_BUILTINS.keys()], refusedBuiltins: REFUSED_BUILTINS };
      },
    });
  } catch (reason) {
    progress.done();
    tellFailure(reason, io);
    return EXIT.usage;
  } finally {
    progress.done();
    compiler.close();
  }
}

/** Reads the folder and says which files of it nobody reads. */
export async function readSources(directory: string, io: Io): Promise<PolicySources> {
  const sources = await readPolicyDirectory(resolve(io.cwd, directory));
  for (const path of sources.ignored) {
    io.stderr.write(
      `note: ${printable(join(directory, path))} is not read: data belongs in ${join(directory, 'data')}\n`,
    );
  }
  return sources;
}
