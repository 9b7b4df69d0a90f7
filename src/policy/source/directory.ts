/**
 * Owns reading a policy folder into texts. May import core and node:fs.
 * Fails with `policy_invalid` naming the file: a bound passed, a link that leads outside, bytes that are not UTF-8;
 * with `not_found` when there is no such folder. Hidden files and folders are passed over.
 */
import type { Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Failure } from '../../core/failure.ts';
import type { PolicySources } from './policy-sources.ts';

export interface DirectoryBounds {
  /** Files in all; default 2,000. */
  readonly maxFiles: number;
  /** Bytes of one file; default 8 MiB. */
  readonly maxFileBytes: number;
  /** Bytes of all files together; default 64 MiB. */
  readonly maxTotalBytes: number;
  /** Folders inside folders; default 16. */
  readonly maxDepth: number;
}

const BOUNDS: DirectoryBounds = { maxFiles: 2_000, maxFileBytes: 8 << 20, maxTotalBytes: 64 << 20, maxDepth: 16 };

/** @param directory the policy folder, such as `policies` */
export async function readPolicyDirectory(
  directory: string,
  bounds: Partial<DirectoryBounds> = {},
): Promise<PolicySources> {
  const root = await realpath(directory).catch((cause: unknown) => {
    throw new Failure('not_found', `policy folder ${directory}: there is no such folder`, { cause });
  });
  if (!(await stat(root)).isDirectory()) throw new Failure('not_found', `policy folder ${directory}: is not a folder`);
  const walk: Walk = { root, bounds: { ...BOUNDS, ...bounds }, files: 0, totalBytes: 0, found: emptyFound() };
  await readFolder(walk, '', 0);
  return walk.found;
}

type Kind = 'modules' | 'data' | 'schemas' | 'ignored' | 'other';

interface Walk {
  readonly root: string;
  readonly bounds: DirectoryBounds;
  files: number;
  totalBytes: number;
  readonly found: { modules: Texts; data: Texts; schemas: Texts; ignored: string[] };
}
type Texts = Record<string, string>;

const emptyFound = (): Walk['found'] => ({ modules: {}, data: {}, schemas: {}, ignored: [] });

async function readFolder(walk: Walk, folder: string, depth: number): Promise<void> {
  if (depth > walk.bounds.maxDepth) throw refused(folder, `lies deeper than ${walk.bounds.maxDepth} folders`);
  const entries = await readdir(join(walk.root, folder), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (await isFolder(walk, entry, path)) await readFolder(walk, path, depth + 1);
    else await readOne(walk, path);
  }
}

/** Follows a link only where it stays inside the folder, as mounted config maps do. */
async function isFolder(walk: Walk, entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const target = await realpath(join(walk.root, path)).catch(() => undefined);
  if (target === undefined) throw refused(path, 'is a link to nothing');
  if (!target.startsWith(walk.root + sep)) throw refused(path, 'is a link that leads outside the policy folder');
  // A linked folder would be read twice or, worse, for ever.
  if ((await stat(target)).isDirectory()) throw refused(path, 'is a link to a folder');
  return false;
}

async function readOne(walk: Walk, path: string): Promise<void> {
  const kind = kindOf(path);
  if (kind === 'other') return;
  walk.files += 1;
  if (walk.files > walk.bounds.maxFiles)
    throw refused(path, `is one more than the ${walk.bounds.maxFiles} files allowed`);
  if (kind === 'ignored') {
    walk.found.ignored.push(path);
    return;
  }
  const bytes = await readBounded(join(walk.root, path), walk.bounds.maxFileBytes);
  if (bytes === undefined)
    throw refused(path, `is larger than ${walk.bounds.maxFileBytes} bytes or not a regular file`);
  walk.totalBytes += bytes.length;
  if (walk.totalBytes > walk.bounds.maxTotalBytes) {
    throw refused(path, `takes the folder past ${walk.bounds.maxTotalBytes} bytes`);
  }
  walk.found[kind][path] = decode(bytes, path);
}

/** Reads at most `maxBytes`, whatever the size was a moment ago; `undefined` beyond, and for pipes and devices. */
async function readBounded(path: string, maxBytes: number): Promise<Buffer | undefined> {
  const before = await stat(path);
  if (!before.isFile() || before.size > maxBytes) return undefined;
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(before.size + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) return buffer.subarray(0, length);
      length += bytesRead;
      if (length > before.size) throw refused(path, 'grew while it was read');
    }
  } finally {
    await file.close();
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure('policy_invalid', `${path}: is not UTF-8`, { cause });
  }
}

function kindOf(path: string): Kind {
  if (path.endsWith('.rego')) return 'modules';
  const isJson = path.endsWith('.json');
  if (!isJson && !path.endsWith('.yaml') && !path.endsWith('.yml')) return 'other';
  if (path.startsWith('data/')) return 'data';
  if (path.startsWith('schemas/') && isJson) return 'schemas';
  return 'ignored';
}

const refused = (path: string, why: string): Failure => new Failure('policy_invalid', `${path}: ${why}`);
