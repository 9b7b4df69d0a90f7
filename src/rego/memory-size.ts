/**
 * How large a policy's memory is: data, and room for evaluations. It never grows: growing costs milliseconds a page past
 * 64 MiB, and pages that nobody touches cost nothing.
 */

export const PAGE_BYTES = 65_536;

/** A value costs its nodes, not its text: a number about 96 bytes, a member of an array 84, of an object 28 and its key. */
const BYTES_PER_VALUE = 230;

const BYTES_PER_CHARACTER = 3;

/** Room of evaluations: what passes it has run away. */
const ROOM_BYTES = 64 * 1024 ** 2;

/** A document takes about 13 times its JSON. */
const ROOM_PER_INPUT_BYTE = 16;

const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;

/**
 * @param leastPages what the module itself needs
 * @returns pages, never more than `maxPages`
 */
export function pagesFor(dataJson: Uint8Array, inputMaxBytes: number, leastPages: number, maxPages: number): number {
  let values = 1;
  for (const byte of dataJson) {
    if (byte === COMMA || byte === OPENING_BRACKET || byte === OPENING_BRACE) values++;
  }
  const dataBytes = dataJson.length * BYTES_PER_CHARACTER + values * BYTES_PER_VALUE;
  const roomBytes = Math.max(ROOM_BYTES, inputMaxBytes * ROOM_PER_INPUT_BYTE);
  return Math.min(leastPages + Math.ceil((dataBytes + roomBytes) / PAGE_BYTES), maxPages);
}
