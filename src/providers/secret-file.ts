/** A credential in a file, such as a mounted one that is replaced in its place. */
import { open } from 'node:fs/promises';
import { Failure } from '../core/failure.ts';
import type { SecretReader } from './secret-reader.ts';

const MAX_BYTES = 64 * 1024;
/** It is read again in the meantime, so that a new one is in use within two of these. */
const FRESH_MS = 1_000;

export function createFileReader(path: string): SecretReader {
  return {
    freshMs: FRESH_MS,
    async read() {
      try {
        const file = await open(path, 'r');
        try {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1, null);
          if (bytesRead > MAX_BYTES) throw new Failure('unavailable', `${path} has more than ${MAX_BYTES} bytes`);
          return buffer.toString('utf8', 0, bytesRead);
        } finally {
          await file.close();
        }
      } catch (reason) {
        if (reason instanceof Failure) throw reason;
        const code = reason instanceof Error && 'code' in reason ? String(reason.code) : 'unreadable';
        throw new Failure('unavailable', `${path} cannot be read (${code})`);
      }
    },
  };
}
