/** Which configuration a command uses: the one it is told of, the one of this folder, or the sample of the package. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import type { Io } from './io.ts';
import { PACKAGE_ROOT } from './version.ts';

export const CONFIG_FILE = 'turnpike.yaml';
const SAMPLE_LEDGER = 'turnpike-ledger.db';

export interface ConfigChoice {
  readonly file: string;
  /** Nobody named a configuration and the folder has none: the sample policies serve. */
  readonly isSample: boolean;
}

/** @param told what `--config` says */
export function chooseConfig(told: string | undefined, io: Pick<Io, 'cwd' | 'env'>): ConfigChoice {
  const named = told ?? io.env['TURNPIKE_CONFIG'];
  if (named !== undefined && named !== '') return { file: named, isSample: false };
  if (existsSync(join(io.cwd, CONFIG_FILE))) return { file: CONFIG_FILE, isSample: false };
  return { file: join(PACKAGE_ROOT, CONFIG_FILE), isSample: true };
}

/** @throws Failure `config_invalid` with every fault */
export function readConfig(told: string | undefined, io: Io): LoadedConfig & ConfigChoice {
  const choice = chooseConfig(told, io);
  // What a server writes belongs to the folder where it runs, not to the package.
  const variables = choice.isSample ? { TURNPIKE_LEDGER_FILE: SAMPLE_LEDGER, ...io.env } : io.env;
  return { ...choice, ...loadConfig({ file: choice.file, variables, cwd: io.cwd }) };
}
