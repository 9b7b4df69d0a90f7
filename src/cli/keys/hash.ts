/** `turnpike keys hash`: the hash of a key that somebody has, for a configuration. */
import { hashKey } from '../../identity/keys.ts';
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';

export async function runKeysHash(_options: object, io: Io): Promise<number> {
  io.stdout.write(`${hashKey((await io.readStdin()).trim())}\n`);
  return EXIT.ok;
}
