/** `turnpike policy fmt`: OPA's formatting of the Rego files of a folder. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { EXIT, printable } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { findingsText } from './finding-text.ts';
import { readSources, withPolicyTools } from './tools.ts';
import { unifiedDiff } from './unified-diff.ts';

export interface FormatCommand {
  readonly directory: string;
  /** `check` (default) names the files that differ, `diff` shows how, `write` changes them. */
  readonly mode?: 'check' | 'diff' | 'write';
  readonly json?: boolean;
}

/** @returns 0 when all is formatted or was written, 1 when files differ or do not parse, 2 when it could not run */
export function runPolicyFormat(options: FormatCommand, io: Io): Promise<number> {
  const { directory, mode = 'check' } = options;
  return withPolicyTools(io, async ({ compiler, progress }) => {
    progress.step('formatting the policies');
    const sources = await readSources(directory, io);
    const formatted = await compiler.format(sources);
    progress.done();
    if (formatted.kind === 'refused') {
      if (options.json === true) io.stdout.write(`${JSON.stringify({ ok: false, ...formatted }, undefined, 2)}\n`);
      else io.stdout.write(findingsText(formatted.diagnostics, directory, io.color));
      return EXIT.failed;
    }
    const changed = Object.entries(formatted.value.changed).sort(([a], [b]) => (a < b ? -1 : 1));
    if (mode === 'write') {
      for (const [path, text] of changed) await writeFile(resolve(io.cwd, directory, path), text);
    }
    const ok = mode === 'write' || changed.length === 0;
    if (options.json === true) {
      io.stdout.write(`${JSON.stringify({ ok, changed: changed.map(([path]) => path) }, undefined, 2)}\n`);
      return ok ? EXIT.ok : EXIT.failed;
    }
    for (const [path, text] of changed) {
      const name = printable(join(directory, path));
      if (mode === 'diff') io.stdout.write(colored(unifiedDiff(name, sources.modules[path] ?? '', text), io.color));
      else io.stdout.write(`${name}\n`);
    }
    const count = `${changed.length} of ${Object.keys(sources.modules).length} files`;
    if (mode === 'write') io.stderr.write(`${count} formatted\n`);
    else if (!ok) io.stderr.write(`${count} are not formatted: --write formats them\n`);
    return ok ? EXIT.ok : EXIT.failed;
  });
}

function colored(diff: string, color: boolean): string {
  const colors = pc.createColors(color);
  return diff
    .split('\n')
    .map((line) => {
      const text = printable(line);
      if (line.startsWith('+')) return colors.green(text);
      if (line.startsWith('-')) return colors.red(text);
      return line.startsWith('@') ? colors.cyan(text) : text;
    })
    .join('\n');
}
