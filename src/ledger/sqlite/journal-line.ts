/**
 * A line of a journal: the CRC-32 of an entry's text in hex, a space, the text, and the end of the line. So a line that was
 * cut, or changed, is known.
 */
import { crc32 } from 'node:zlib';

const CRC_CHARS = 8;
const SPACE = 0x20;
const LINE_FEED = 0x0a;

/** @param body without a line feed, as JSON has none */
export const lineOf = (body: string): string => `${crc32(body).toString(16).padStart(CRC_CHARS, '0')} ${body}\n`;

export interface Line {
  /** The text of an entry; undefined where the line is not what was written. */
  readonly body: string | undefined;
  /** As they lie there, without the end of the line. */
  readonly bytes: Buffer;
  /** Bytes from the start of the piece to behind the line. */
  readonly end: number;
}

/** The whole lines of a piece, so many at most. */
export function linesIn(piece: Buffer, most: number): readonly Line[] {
  const lines: Line[] = [];
  let at = 0;
  while (lines.length < most) {
    const feed = piece.indexOf(LINE_FEED, at);
    if (feed < 0) break;
    const bytes = piece.subarray(at, feed);
    at = feed + 1;
    lines.push({ body: bodyIn(bytes), bytes, end: at });
  }
  return lines;
}

/** How many bytes of these are whole lines. */
export const wholeBytes = (bytes: Buffer): number => bytes.lastIndexOf(LINE_FEED) + 1;

function bodyIn(bytes: Buffer): string | undefined {
  if (bytes[CRC_CHARS] !== SPACE) return undefined;
  const body = bytes.subarray(CRC_CHARS + 1);
  const crc = crc32(body).toString(16).padStart(CRC_CHARS, '0');
  return bytes.toString('latin1', 0, CRC_CHARS) === crc ? body.toString() : undefined;
}
