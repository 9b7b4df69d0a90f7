/** Bytes of a gzipped tar → its files by clean path. Bounded; refuses what is not a plain file below the root. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { Failure } from '../../core/failure.ts';

export interface ArchiveBounds {
  /** Bytes as they come; default 128 MiB. */
  readonly maxPackedBytes: number;
  /** Bytes of all files together; default 512 MiB. */
  readonly maxUnpackedBytes: number;
  /** Files and folders; default 10,000. */
  readonly maxEntries: number;
}

export const ARCHIVE_BOUNDS: ArchiveBounds = {
  maxPackedBytes: 128 << 20,
  maxUnpackedBytes: 512 << 20,
  maxEntries: 10_000,
};

export async function unpackArchive(bytes: Uint8Array, bounds: ArchiveBounds): Promise<Map<string, Uint8Array>> {
  if (bytes.length > bounds.maxPackedBytes) {
    throw invalid(`${bytes.length} bytes, at most ${bounds.maxPackedBytes} are read`);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw invalid('is not gzipped');
  const tar = await inflate(bytes, bounds.maxUnpackedBytes);
  if (tar.length === 0 || tar.length % 512 !== 0) throw invalid('is cut short: a tar is made of blocks of 512 bytes');
  const files = new Map<string, Uint8Array>();
  for (const { header, data } of await untar(tar, bounds.maxEntries)) {
    const path = cleanPath(header.name);
    if (header.type === 'directory') continue;
    if (header.type !== 'file' && header.type !== undefined) {
      throw invalid(`entry ${quote(header.name)} is a ${header.type}, only files are read`);
    }
    if (data === undefined || data.length !== header.size) throw invalid(`entry ${quote(header.name)} is cut short`);
    if (files.has(path)) throw invalid(`entry ${quote(path)} is there twice`);
    files.set(path, data);
  }
  return files;
}

async function inflate(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    const tooLarge = cause instanceof RangeError;
    throw invalid(
      tooLarge ? `unpacks to more than ${maxBytes} bytes` : 'cannot be unpacked: its gzip is damaged',
      cause,
    );
  }
}

async function untar(tar: Uint8Array, maxEntries: number): Promise<Awaited<ReturnType<typeof unpackTar>>> {
  let entries = 0;
  try {
    return await unpackTar(tar, {
      strict: true,
      filter: () => {
        entries += 1;
        if (entries > maxEntries) throw invalid(`has more than ${maxEntries} entries`);
        return true;
      },
    });
  } catch (reason) {
    throw reason instanceof Failure ? reason : invalid('cannot be unpacked: its tar is damaged', reason);
  }
}

/** `/policy.wasm` and `./policy.wasm` are the same file; `..` is refused wherever it stands. */
function cleanPath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || /[\\\0]/.test(name)) throw invalid(`entry ${quote(name)} points outside the bundle`);
  return parts.join('/');
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 200));

const invalid = (why: string, cause?: unknown): Failure => new Failure('bundle_invalid', `bundle: ${why}`, { cause });
