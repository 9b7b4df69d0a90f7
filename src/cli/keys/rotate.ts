/** `turnpike keys rotate`: a new secret for a key; the old one is accepted beside it for a while, then no more. */
import { mintKey } from '../../identity/keys.ts';
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { RANDOM } from './create.ts';
import { changeKeyFile } from './key-file.ts';

export interface KeysRotateOptions {
  readonly file: string;
  /** Hours in which the old key is still accepted. */
  readonly overlapHours: number;
  readonly json?: boolean;
}

export async function runKeysRotate(id: string, options: KeysRotateOptions, io: Io): Promise<number> {
  const minted = mintKey(RANDOM, id);
  const until = new Date(Date.now() + options.overlapHours * 3_600_000).toISOString();
  changeKeyFile(options.file, (keys) => {
    const previous = keys.read(id, 'hash');
    keys.change(id, { hash: minted.hash, previous_hash: previous, previous_expires_at: until });
  });
  if (options.json === true) {
    io.stdout.write(`${JSON.stringify({ id, key: minted.key, previous_expires_at: until })}\n`);
    return EXIT.ok;
  }
  io.stderr.write('The new key is shown this once; give it to its holder:\n');
  io.stdout.write(`${minted.key}\n`);
  io.stderr.write(`\nThe old one is accepted until ${until}.\n`);
  return EXIT.ok;
}
