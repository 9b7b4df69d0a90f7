/** Writes a bundle; the same bundle gives the same bytes, whenever and wherever it is written. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { packTar } from 'modern-tar';
import { type Bundle, DATA_PATH, MANIFEST_PATH, PLAN_PATH, WASM_PATH } from './bundle.ts';

const EPOCH = new Date(0);

/** @returns a gzipped tar that OPA reads too: `/data.json`, `/policy.wasm`, `/plan.json` if there is one, `/.manifest` */
export async function writeBundle(bundle: Bundle): Promise<Uint8Array> {
  const { revision, roots, wasm, metadata, rest } = bundle.manifest;
  const manifest = `${JSON.stringify({ revision, roots, wasm, ...rest, metadata })}\n`;
  const files: readonly (readonly [string, Uint8Array])[] = [
    [DATA_PATH, bundle.dataJson],
    [WASM_PATH, bundle.wasm],
    ...(bundle.plan === undefined ? [] : [[PLAN_PATH, bundle.plan] as const]),
    [MANIFEST_PATH, new TextEncoder().encode(manifest)],
  ];
  const tar = await packTar(
    files.map(([path, body]) => ({
      header: { name: `/${path}`, size: body.length, mode: 0o600, mtime: EPOCH, uid: 0, gid: 0, type: 'file' },
      body,
    })),
  );
  const packed = new Uint8Array(await promisify(gzip)(tar, { level: 9 }));
  // Byte 9 names the operating system that packed it; 255 is "unknown", on all of them.
  packed[9] = 255;
  return packed;
}
