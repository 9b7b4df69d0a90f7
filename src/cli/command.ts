/** What definitions of commands share: how they end, their examples, and the kinds of their options. */
import { InvalidArgumentError } from 'commander';

/** Told the exit code of the command that ran. */
export type Ended = (exitCode: number) => void;

/** A block of examples under the help of a command. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

/** Which configuration; see `config-file.ts`. */
export const CONFIG_OPTION = ['-c, --config <file>', 'configuration (default: turnpike.yaml of this folder)'] as const;

/** Which ledger; see `open-ledger.ts`. */
export const LEDGER_OPTION = [
  '--ledger <file|url>',
  'SQLite file, or postgres:// URL (default: that of the configuration)',
] as const;

/** For an option that can be repeated. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** For an option that counts. */
export function wholeNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError('Must be a whole number.');
  return Number(value);
}
