/** `turnpike keys`: a new key for its holder, its hash for the configuration. The key itself is stored nowhere. */
import { randomFillSync } from 'node:crypto';
import { stringify } from 'yaml';
import { Failure } from '../core/failure.ts';
import { hashKey, mintKey } from '../identity/keys.ts';
import { EXIT } from './failure-text.ts';
import type { Io } from './io.ts';

export interface KeysNewOptions {
  /** Left out, a random one. */
  readonly id?: string;
  readonly subject?: string;
  readonly team?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly role?: readonly string[];
  readonly expiresAt?: string;
  readonly json?: boolean;
}

export async function runKeysNew(options: KeysNewOptions, io: Io): Promise<number> {
  if (options.expiresAt !== undefined && Number.isNaN(Date.parse(options.expiresAt))) {
    throw new Failure(
      'invalid_request',
      `--expires-at: must be a date such as 2027-01-31 (actual: "${options.expiresAt}")`,
    );
  }
  const minted = mintKey({ fill: (buffer) => void randomFillSync(buffer) }, options.id);
  const { subject = minted.id, team, application, environment, role: roles, expiresAt: expires_at } = options;
  const entry = { id: minted.id, hash: minted.hash, subject, team, application, environment, roles, expires_at };
  if (options.json === true) {
    io.stdout.write(`${JSON.stringify({ key: minted.key, entry })}\n`);
    return EXIT.ok;
  }
  // Only the key goes to standard output, so that a pipe gets it and nothing else.
  const yaml = stringify([entry], { keepUndefined: false }).trimEnd().replace(/^/gm, '    ');
  io.stderr.write(`The key is shown this once; give it to its holder:\n`);
  io.stdout.write(`${minted.key}\n`);
  io.stderr.write(`\nWhat the configuration holds of it:\n\nidentity:\n  mode: keys\n  keys:\n${yaml}\n`);
  return EXIT.ok;
}

export async function runKeysHash(_options: object, io: Io): Promise<number> {
  io.stdout.write(`${hashKey((await io.readStdin()).trim())}\n`);
  return EXIT.ok;
}
