/**
 * Server-sent events cut into whole frames without reading them, for streams that are relayed as they are: a client
 * never gets half an event, so what is added behind (an error, say) begins on a line of its own.
 */
import { Failure } from '../core/failure.ts';

export interface FrameLimits {
  /** Of one frame, its blank line included. */
  readonly maxFrameBytes: number;
}

export const DEFAULT_FRAME_LIMITS: FrameLimits = { maxFrameBytes: 16 * 1024 * 1024 };

/** One or more whole frames: `frameEnd` goes from one to the next, and ends where they end. */
export interface Frames {
  readonly bytes: Buffer;
  /** The same, one character for each byte (Latin-1): for searching, where only ASCII is searched for. */
  readonly text: string;
}

export interface FrameSplitter {
  /**
   * @returns what is whole by now; undefined: nothing is
   * @throws Failure `too_large` where a frame passes its bound
   */
  feed(chunk: Uint8Array): Frames | undefined;
}

export function createFrameSplitter(limits: FrameLimits = DEFAULT_FRAME_LIMITS): FrameSplitter {
  /** Of a frame whose end has not come: copies, since the chunks may be views of something large. */
  let held: Buffer[] = [];
  let heldBytes = 0;
  /** The last bytes that are held, as far as they can be the beginning of a blank line. */
  let tail = '';

  const hold = (bytes: Buffer, text: string): void => {
    if (bytes.length === 0) return;
    held.push(Buffer.from(bytes));
    heldBytes += bytes.length;
    if (heldBytes > limits.maxFrameBytes) {
      throw new Failure('too_large', `an event of the stream has more than ${limits.maxFrameBytes} bytes`);
    }
    tail = (text.length >= 3 ? text : tail + text).slice(-3);
  };

  return {
    feed(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const text = bytes.toString('latin1');
      const end = lastFrameEnd(tail + text) - tail.length;
      if (end <= 0) {
        hold(bytes, text);
        return undefined;
      }
      if (held.length === 0 && end === bytes.length) return { bytes, text };
      const whole = end === bytes.length ? bytes : bytes.subarray(0, end);
      const complete = held.length === 0 ? whole : Buffer.concat([...held, whole], heldBytes + end);
      held = [];
      heldBytes = 0;
      tail = '';
      if (end < bytes.length) hold(bytes.subarray(end), text.slice(end));
      return { bytes: complete, text: complete.toString('latin1') };
    },
  };
}

/**
 * The end of a line with nothing on the next: a CRLF is one end, not two. Behind a CRLF, a CR alone ends no line: the LF
 * behind it would be the first byte of the next frame, and nobody mixes these ends.
 */
const BLANK_LINE = /\r\n(?:\r\n|\n)|\r(?!\n)\r\n?|(?<!\r)\n(?:\r\n|\n|\r)/g;

/** @returns behind the blank line that ends the frame which begins at `from`; -1 where it has no end */
export function frameEnd(text: string, from: number): number {
  BLANK_LINE.lastIndex = from;
  return BLANK_LINE.test(text) ? BLANK_LINE.lastIndex : -1;
}

/** Behind the last blank line, as `frameEnd` finds it step by step; 0 where there is none. */
function lastFrameEnd(text: string): number {
  if (!text.includes('\r')) {
    const at = text.lastIndexOf('\n\n');
    if (at === -1) return 0;
    // Of an odd number of LFs the last one belongs to the next frame.
    let start = at;
    while (start > 0 && text.charCodeAt(start - 1) === LF) start -= 1;
    return (at - start) % 2 === 0 ? at + 2 : at + 1;
  }
  let last = 0;
  for (let end = frameEnd(text, 0); end !== -1; end = frameEnd(text, end)) last = end;
  return last;
}

const LF = 10;
