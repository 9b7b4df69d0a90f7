import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface Locked {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8'),
);
const names = Object.keys(lock.packages);

// `npm install` against a registry that lacks some of them drops them in silence, and `npm ci` then fails everywhere.
test('the lock file names the optional packages of every platform', () => {
  const missing = Object.values(lock.packages)
    .flatMap((locked) => Object.keys(locked.optionalDependencies ?? {}))
    .filter((name) => !names.some((path) => path.endsWith(`node_modules/${name}`)));
  assert.deepEqual(missing, []);
});

test('the lock file names no registry, so that everybody uses their own', () => {
  assert.deepEqual(
    Object.entries(lock.packages).filter(([, locked]) => 'resolved' in locked),
    [],
  );
});
