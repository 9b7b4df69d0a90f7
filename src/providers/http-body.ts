/** Bodies and their types, as HTTP brings them. */
import type { Json } from '../core/json.ts';

export const firstOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** Without its parameters; `no content type` where there is none. */
export const mediaTypeOf = (value: string | string[] | undefined): string =>
  (firstOf(value) ?? 'no content type').split(';', 1)[0]?.trim().toLowerCase().slice(0, 64) ?? '';

export const isJsonType = (type: string): boolean =>
  type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type);

export function joined(chunks: readonly Uint8Array[]): Buffer {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
  return Buffer.concat(chunks);
}

/** @returns undefined where it is no JSON */
export function parsed(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json; // what parses is JSON
  } catch {
    return undefined;
  }
}
