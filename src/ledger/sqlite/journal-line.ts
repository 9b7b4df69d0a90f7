/**
 * A line of a journal: the CRC-32 of an entry's text in hex, a space, the text, and the end of the line. So a line that was
 * cut, or changed, is known.
 */
import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';

const CRC_CHARS = 8;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const DIGITS = Buffer.from('0123456789abcdef');
const BITS_OF_DIGIT = 4;
const LAST_DIGIT = 0xf;
/** Before the text, and behind it. */
const FRAME_BYTES = CRC_CHARS + 2;
/** No character takes more bytes. */
const BYTES_OF_UNIT = 3;
/** Reused, unless much is written at once. */
const kept = Buffer.allocUnsafe(256 * 1024);

/**
 * @param bodies without a line feed, as JSON has none
 * @returns a line for each, until it is asked again: it is where the next ones are written
 */
export function linesOf(bodies: readonly string[]): Buffer {
  const most = bodies.reduce((sum, { length }) => sum + FRAME_BYTES + length * BYTES_OF_UNIT, 0);
  const lines = most <= kept.length ? kept : Buffer.allocUnsafe(most);
  let end = 0;
  for (const body of bodies) {
    const from = end + CRC_CHARS + 1;
    const to = from + lines.write(body, from);
    writeCrc(lines, end, crc32(lines.subarray(from, to)));
    lines[from - 1] = SPACE;
    lines[to] = LINE_FEED;
    end = to + 1;
  }
  return lines.subarray(0, end);
}

export interface Line {
  /** The text of an entry; undefined where the line is not what was written. */
  readonly body: string | undefined;
  /** Of the text. */
  readonly bytes: Buffer;
  /** Bytes of the piece before the line, and with its end. */
  readonly from: number;
  readonly end: number;
}

/** The whole lines of a piece, so many at most. */
export function linesIn(piece: Buffer, most: number): readonly Line[] {
  const lines: Line[] = [];
  let from = 0;
  while (lines.length < most) {
    const feed = piece.indexOf(LINE_FEED, from);
    if (feed < 0) break;
    const bytes = piece.subarray(Math.min(from + CRC_CHARS + 1, feed), feed);
    lines.push({ body: isAsWritten(piece, from, bytes) ? bytes.toString() : undefined, bytes, from, end: feed + 1 });
    from = feed + 1;
  }
  return lines;
}

/** How many bytes of these are whole lines. */
export const wholeBytes = (bytes: Buffer): number => bytes.lastIndexOf(LINE_FEED) + 1;

/** What is no UTF-8 is no text that somebody wrote, whatever its checksum says. */
const isAsWritten = (piece: Buffer, from: number, bytes: Buffer): boolean =>
  piece[from + CRC_CHARS] === SPACE && hasCrc(piece, from, crc32(bytes)) && isUtf8(bytes);

function writeCrc(lines: Buffer, at: number, crc: number): void {
  for (let place = 0; place < CRC_CHARS; place += 1) lines[at + place] = digitOf(crc, place);
}

function hasCrc(piece: Buffer, at: number, crc: number): boolean {
  for (let place = 0; place < CRC_CHARS; place += 1) if (piece[at + place] !== digitOf(crc, place)) return false;
  return true;
}

/** @returns the character of its digit at this place from the left */
const digitOf = (crc: number, place: number): number =>
  DIGITS[(crc >>> ((CRC_CHARS - 1 - place) * BITS_OF_DIGIT)) & LAST_DIGIT] ?? 0;
