/** The version of this package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of this package: two folders up, from `src/cli` as from `dist/cli`. */
export const PACKAGE_ROOT: string = join(import.meta.dirname, '..', '..');

export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof version === 'string' ? version : 'unknown';
}
