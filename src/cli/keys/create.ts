/** `turnpike keys create`: a new key for its holder, its hash for the file of keys. The key itself is stored nowhere. */
import { randomFillSync } from 'node:crypto';
import { stringify } from 'yaml';
import { Failure } from '../../core/failure.ts';
import { mintKey } from '../../identity/keys.ts';
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { changeKeyFile } from './key-file.ts';

export interface KeysCreateOptions {
  /** Left out, a random one. */
  readonly id?: string;
  readonly subject?: string;
  readonly team?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly role?: readonly string[];
  readonly operation?: readonly string[];
  readonly model?: readonly string[];
  readonly expiresAt?: string;
  /** The file that gets the entry; left out, it is printed. */
  readonly file?: string;
  readonly json?: boolean;
}

export const RANDOM = { fill: (buffer: Uint8Array): void => void randomFillSync(buffer) };

export async function runKeysCreate(options: KeysCreateOptions, io: Io): Promise<number> {
  if (options.expiresAt !== undefined && Number.isNaN(Date.parse(options.expiresAt))) {
    throw new Failure(
      'invalid_request',
      `--expires-at: must be a date such as 2027-01-31 (actual: "${options.expiresAt}")`,
    );
  }
  const minted = mintKey(RANDOM, options.id);
  const {
    subject = minted.id,
    team,
    application,
    environment,
    role: roles,
    operation: operations,
    model: models,
  } = options;
  const who = { id: minted.id, hash: minted.hash, subject, team, application, environment, roles };
  const entry = { ...who, operations, models, expires_at: options.expiresAt };
  const { file } = options;
  if (file !== undefined) changeKeyFile(file, (keys) => keys.add(entry));
  if (options.json === true) {
    io.stdout.write(`${JSON.stringify({ key: minted.key, entry })}\n`);
    return EXIT.ok;
  }
  // Only the key goes to standard output, so that a pipe gets it and nothing else.
  io.stderr.write(`The key is shown this once; give it to its holder:\n`);
  io.stdout.write(`${minted.key}\n`);
  if (file !== undefined)
    io.stderr.write(`\nIts hash is in ${file}; a server that reads this file takes it within a second.\n`);
  else
    io.stderr.write(`\nWhat the configuration holds of it:\n\nidentity:\n  mode: keys\n  keys:\n${indented(entry)}\n`);
  return EXIT.ok;
}

const indented = (entry: object): string =>
  stringify([entry], { keepUndefined: false }).trimEnd().replace(/^/gm, '    ');
