/**
 * The last so many texts by key, kept as bytes in one block outside the JavaScript heap. Measured: as objects in a map,
 * each lives just long enough to be moved to the old generation and die there, and a server's memory doubles.
 */

export interface RecentTexts {
  /** The oldest is forgotten. */
  remember(key: string, text: string): void;
  find(key: string): string | undefined;
}

/** Bytes of a slot: its two lengths, the key, the text. What does not fit is kept as it is. */
const SLOT_BYTES = 640;
const HEAD_BYTES = 4;

export function createRecentTexts(capacity: number): RecentTexts {
  const hashes = new Uint32Array(capacity);
  const bytes = Buffer.alloc(capacity * SLOT_BYTES);
  const large = new Map<number, { readonly key: string; readonly text: string }>();
  let next = 0;

  const read = (slot: number, key: string): string | undefined => {
    const kept = large.get(slot);
    if (kept !== undefined) return kept.key === key ? kept.text : undefined;
    const start = slot * SLOT_BYTES + HEAD_BYTES;
    const keyEnd = start + bytes.readUInt16LE(start - HEAD_BYTES);
    if (bytes.toString('utf8', start, keyEnd) !== key) return undefined;
    return bytes.toString('utf8', keyEnd, keyEnd + bytes.readUInt16LE(start - HEAD_BYTES + 2));
  };

  return {
    remember(key, text) {
      const slot = next;
      next = (next + 1) % capacity;
      hashes[slot] = hashOf(key);
      // Three bytes at most for a UTF-16 unit: what passes this certainly fits.
      if ((key.length + text.length) * 3 > SLOT_BYTES - HEAD_BYTES && byteLength(key, text) > SLOT_BYTES - HEAD_BYTES) {
        large.set(slot, { key, text });
        return;
      }
      if (large.size > 0) large.delete(slot);
      const start = slot * SLOT_BYTES;
      const keyBytes = bytes.write(key, start + HEAD_BYTES);
      const textBytes = bytes.write(text, start + HEAD_BYTES + keyBytes);
      bytes.writeUInt16LE(keyBytes, start);
      bytes.writeUInt16LE(textBytes, start + 2);
    },
    find(key) {
      const hash = hashOf(key);
      for (let slot = hashes.indexOf(hash); slot >= 0; slot = hashes.indexOf(hash, slot + 1)) {
        const text = read(slot, key);
        if (text !== undefined) return text;
      }
      return undefined;
    },
  };
}

const byteLength = (key: string, text: string): number => Buffer.byteLength(key) + Buffer.byteLength(text);

/** FNV-1a over UTF-16 units; never 0, which is an empty slot. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash >>> 0 || 1;
}
