/** `turnpike config`: is it right, what is in force, what can be said. */

import { loadConfig } from '../config/load.ts';
import { asFile, renderInForce, renderReference } from '../config/reference.ts';
import { SCHEMA } from '../config/schema.ts';
import { readConfig } from './config-file.ts';
import { EXIT } from './failure-text.ts';
import type { Io } from './io.ts';

export interface ConfigOptions {
  readonly config?: string;
}

export async function runConfigCheck(options: ConfigOptions, io: Io): Promise<number> {
  const { file } = readConfig(options.config, io);
  io.stdout.write(`${file}: good\n`);
  return EXIT.ok;
}

export async function runConfigPrint(
  options: ConfigOptions & { readonly defaults?: boolean; readonly json?: boolean },
  io: Io,
): Promise<number> {
  const loaded =
    options.defaults === true
      ? // Who may ask is the one thing without a default.
        loadConfig({ variables: { TURNPIKE_IDENTITY_MODE: 'none' }, cwd: io.cwd })
      : readConfig(options.config, io);
  const text =
    options.json === true
      ? `${JSON.stringify(asFile(SCHEMA, loaded.config), null, 2)}\n`
      : renderInForce(loaded).replaceAll('# TURNPIKE_IDENTITY_MODE', options.defaults === true ? '# say it' : '$&');
  io.stdout.write(text);
  return EXIT.ok;
}

export async function runConfigReference(_options: object, io: Io): Promise<number> {
  io.stdout.write(renderReference());
  return EXIT.ok;
}
