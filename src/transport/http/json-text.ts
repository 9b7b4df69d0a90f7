/**
 * Bytes → JSON value, bounded. Bad UTF-8 is refused, not replaced; depth is bounded before anything walks the value;
 * a message says where the fault is and never quotes the text. A key that stands twice in an object counts with its
 * last value, as in OPA; `__proto__` is a key like any other.
 */
import { Failure } from '../../core/failure.ts';
import { locateJsonFault } from './json-fault.ts';

/** Arrays and objects in one another, of a whole body; what a policy may see is bounded closer by the engine. */
export const MAX_JSON_DEPTH = 64;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * @param name what the bytes are, for messages
 * @throws Failure `invalid_request` with line and column, `too_large` when nested too deep
 */
export function parseJson(name: string, bytes: Uint8Array): unknown {
  checkDepth(name, bytes);
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch (cause) {
    throw new Failure('invalid_request', `${name}: is not valid UTF-8`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch {
    // The cause is left out on purpose: it quotes the text.
    throw new Failure('invalid_request', `${name}: ${describe(text)}`);
  }
}

function describe(text: string): string {
  if (text.trim() === '') return 'is empty, must be JSON';
  const fault = locateJsonFault(text);
  if (fault === undefined) return 'is not JSON';
  const before = text.slice(0, fault.offset);
  const line = before.split('\n').length;
  const column = fault.offset - before.lastIndexOf('\n');
  return `malformed JSON at line ${line} column ${column}: expected ${fault.expected}`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Counts brackets outside strings; bytes above 0x7f belong to strings, so UTF-8 needs no decoding here. */
function checkDepth(name: string, bytes: Uint8Array): void {
  // Most bodies do not even have so many brackets, and looking for one byte is a hundred times faster than reading all.
  if (!hasMoreThan(bytes, MAX_JSON_DEPTH)) return;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === QUOTE) inString = false;
      else if (byte === BACKSLASH) i += 1;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) throw new Failure('too_large', `${name}: nested deeper than ${MAX_JSON_DEPTH}`);
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
    }
  }
}

/** Whether there are more than so many opening brackets, in strings or not. */
function hasMoreThan(bytes: Uint8Array, most: number): boolean {
  let left = most;
  for (const bracket of OPENING) {
    for (let at = bytes.indexOf(bracket); at >= 0; at = bytes.indexOf(bracket, at + 1)) {
      left -= 1;
      if (left < 0) return true;
    }
  }
  return false;
}

const OPENING = [OPEN_OBJECT, OPEN_ARRAY] as const;
