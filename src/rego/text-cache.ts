/** Short texts that keep coming back (names, codes, ids) → the string made of them before, without a call into the runtime. */

/** Decodes the bytes from `at` to `end`. */
export type Decode = (at: number, end: number) => string;

const SLOTS = 4096;

const LONGEST = 32;

/** A cache by content: each text has one slot, the last one in it stays. Only ASCII is found again. */
export function createTextCache(decode: Decode): (bytes: Uint8Array, at: number, end: number) => string {
  const slots: string[] = new Array(SLOTS).fill('');
  return (bytes, at, end) => {
    const length = end - at;
    if (length > LONGEST) return decode(at, end);
    let hash = length;
    for (let index = at; index < end; index++) hash = (Math.imul(hash, 31) + (bytes[index] ?? 0)) | 0;
    const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
    const known = slots[slot] ?? '';
    if (known.length === length && isText(known, bytes, at)) return known;
    const decoded = decode(at, end);
    slots[slot] = decoded;
    return decoded;
  };
}

function isText(text: string, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const byte = bytes[at + index] ?? 0;
    if (byte > 127 || text.charCodeAt(index) !== byte) return false;
  }
  return true;
}
