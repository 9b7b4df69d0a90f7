/** How large a policy's memory must be. Growing later is dear past 64 MiB (a page costs milliseconds), so it is sized before. */

export const PAGE_BYTES = 65_536;

/** A value costs its nodes, not its text: a number about 96 bytes, a member of an array 84, of an object 28 and its key. */
const BYTES_PER_VALUE = 230;

const BYTES_PER_CHARACTER = 3;

/** What evaluations and their inputs usually take. */
const SLACK_BYTES = 8 * 1024 ** 2;

const COMMA = 0x2c;
const OPENINGS: readonly number[] = [0x5b, 0x7b];

/** @returns pages to begin with, never more than `maxPages` */
export function initialPages(dataJson: Uint8Array, leastPages: number, maxPages: number): number {
  let values = 1;
  for (const byte of dataJson) {
    if (byte === COMMA || OPENINGS.includes(byte)) values++;
  }
  const dataBytes = dataJson.length * BYTES_PER_CHARACTER + values * BYTES_PER_VALUE;
  const pages = leastPages + Math.ceil((dataBytes + SLACK_BYTES) / PAGE_BYTES);
  return Math.max(leastPages, Math.min(pages, maxPages));
}
