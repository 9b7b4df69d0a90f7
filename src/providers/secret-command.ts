/** A credential that a program prints, such as a short-lived token. */
import { execFile } from 'node:child_process';
import { Failure } from '../core/failure.ts';
import type { SecretReader } from './secret-reader.ts';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;
/** Tokens that programs print live for an hour or more. */
const FRESH_MS = 300_000;

/** What the program prints to its output; what it says otherwise is shown to nobody. */
export function createCommandReader(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): SecretReader {
  return {
    freshMs: FRESH_MS,
    read: () =>
      new Promise((resolve, reject) => {
        const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_BYTES, killSignal: 'SIGKILL', env: { ...env } } as const;
        const child = execFile(program, args, { ...options, encoding: 'utf8' }, (error, output) => {
          if (error === null) resolve(output);
          else reject(new Failure('unavailable', `${program} ${why(error)}`));
        });
        child.stdin?.on('error', () => undefined).end();
      }),
  };
}

/** Never its text: that quotes what the program printed. */
function why(error: Error & { readonly code?: unknown; readonly killed?: boolean }): string {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `printed more than ${MAX_BYTES} bytes`;
  if (error.killed === true) return `did not end within ${TIMEOUT_MS} ms`;
  if (typeof error.code === 'number') return `ended with ${error.code}`;
  return `cannot be run (${typeof error.code === 'string' ? error.code : 'killed'})`;
}
