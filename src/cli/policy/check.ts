/** `turnpike policy check`: strict compilation of a policy folder, with its schemas, against the builtins we have. */
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { findingsText } from './finding-text.ts';
import { readSources, withPolicyTools } from './tools.ts';

export interface CheckCommand {
  readonly directory: string;
  readonly json?: boolean;
  /** Allow unused imports and variables and shadowed names. */
  readonly lenient?: boolean;
}

/** @returns 0 without findings, 1 with, 2 when it could not run */
export function runPolicyCheck(options: CheckCommand, io: Io): Promise<number> {
  return withPolicyTools(io, async ({ compiler, progress, builtins }) => {
    progress.step('checking the policies');
    const sources = await readSources(options.directory, io);
    const checked = await compiler.check(sources, {
      ...(await builtins()),
      lenient: options.lenient === true,
    });
    progress.done();
    const diagnostics = checked.kind === 'ok' ? [] : checked.diagnostics;
    if (options.json === true) {
      io.stdout.write(`${JSON.stringify({ ok: checked.kind === 'ok', diagnostics }, undefined, 2)}\n`);
    } else if (checked.kind === 'ok') {
      io.stdout.write(`${checked.value.modules} files, no findings\n`);
    } else {
      io.stdout.write(findingsText(diagnostics, options.directory, io.color));
      io.stderr.write(`${diagnostics.length} ${diagnostics.length === 1 ? 'finding' : 'findings'}\n`);
    }
    return checked.kind === 'ok' ? EXIT.ok : EXIT.failed;
  });
}
