/** `turnpike keys revoke`: takes a key back, at once. Its entry stays, so that the list tells when. */
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { changeKeyFile } from './key-file.ts';

export interface KeysRevokeOptions {
  readonly file: string;
  readonly json?: boolean;
}

export async function runKeysRevoke(id: string, options: KeysRevokeOptions, io: Io): Promise<number> {
  const revokedAt = new Date().toISOString();
  changeKeyFile(options.file, (keys) => keys.change(id, { revoked_at: revokedAt }));
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify({ id, revoked_at: revokedAt })}\n`
      : `${id} is revoked; a server that reads ${options.file} refuses it within a second\n`,
  );
  return EXIT.ok;
}
