/** Reads a bundle: bytes of a `.tar.gz`, such a file, or a folder that holds one unpacked. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { ARCHIVE_BOUNDS, type ArchiveBounds, unpackArchive } from './archive.ts';
import { type Bundle, digestOf, factOf, MANIFEST_PATH, PLAN_PATH } from './bundle.ts';
import { dataOf, isDataFile } from './data.ts';
import { parseManifest } from './manifest.ts';

/** @throws Failure `bundle_invalid` that names what is wrong with it */
export async function readBundle(bytes: Uint8Array, bounds: Partial<ArchiveBounds> = {}): Promise<Bundle> {
  return assemble(await unpackArchive(bytes, { ...ARCHIVE_BOUNDS, ...bounds }));
}

/** @param path a `.tar.gz` or a folder. @throws Failure `not_found` or `bundle_invalid` */
export async function readBundlePath(path: string, bounds: Partial<ArchiveBounds> = {}): Promise<Bundle> {
  const limits = { ...ARCHIVE_BOUNDS, ...bounds };
  const found = await stat(path).catch((cause: unknown) => {
    throw new Failure('not_found', `bundle ${path}: there is no such file or folder`, { cause });
  });
  try {
    if (found.isDirectory()) return assemble(await readFolder(path, limits));
    return assemble(await unpackArchive(await readFile(path, limits.maxPackedBytes), limits));
  } catch (reason) {
    if (!(reason instanceof Failure)) throw reason;
    throw new Failure(reason.code, reason.message.replace(/^bundle: /, `bundle ${path}: `), { cause: reason });
  }
}

function assemble(files: ReadonlyMap<string, Uint8Array>): Bundle {
  const manifestBytes = files.get(MANIFEST_PATH);
  if (manifestBytes === undefined) throw invalid('has no /.manifest, so its entry points are not known');
  const { manifest, modulePath } = parseManifest(manifestBytes);
  const wasm = files.get(modulePath);
  if (wasm === undefined) {
    throw invalid(`has no /${modulePath}: build it with \`turnpike policy build\` or \`opa build -t wasm\``);
  }
  if (!startsAsWasm(wasm)) throw invalid(`/${modulePath} is not a WebAssembly module`);
  const dataJson = dataOf(files);
  const plan = files.get(PLAN_PATH);
  const digest = digestOf(wasm, dataJson, plan);
  const promised = factOf({ manifest }, 'digest');
  if (promised !== undefined && promised !== digest) {
    throw invalid(`its content has digest ${digest}, its manifest promises ${JSON.stringify(promised)}`);
  }
  return {
    revision: manifest.revision,
    digest,
    entrypoints: manifest.wasm.map((each) => each.entrypoint),
    manifest,
    wasm,
    ...(plan === undefined ? {} : { plan }),
    dataJson,
  };
}

const WASM_START = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const startsAsWasm = (bytes: Uint8Array): boolean => WASM_START.every((byte, index) => bytes[index] === byte);

/** The files of a folder that a bundle is made of; a link is refused, since it could lead anywhere. */
async function readFolder(root: string, bounds: ArchiveBounds): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  let entries = 0;
  let left = bounds.maxUnpackedBytes;
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    entries += 1;
    if (entries > bounds.maxEntries) throw invalid(`has more than ${bounds.maxEntries} entries`);
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(root.length).split(/[\\/]/).filter(Boolean).join('/');
    const wanted = path === MANIFEST_PATH || path === PLAN_PATH || path.endsWith('.wasm') || isDataFile(path);
    if (!wanted || entry.isDirectory()) continue;
    if (!entry.isFile()) throw invalid(`/${path} is not a regular file`);
    const bytes = await readFile(full, left);
    left -= bytes.length;
    files.set(path, bytes);
  }
  return files;
}

/** Never more than `maxBytes`, whatever the file says that its size is. */
async function readFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > maxBytes) throw invalid(`${path} has ${size} bytes, at most ${maxBytes} are read`);
    const buffer = Buffer.alloc(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await file.read(buffer, length, size - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

const invalid = (why: string): Failure => new Failure('bundle_invalid', `bundle: ${why}`);
