/**
 * Tells when the pieces of a JSON object that is arriving are whole, without keeping or parsing them. Text that does not
 * begin as one, such as what a free-form tool is given, is never whole.
 */

export interface WholeObject {
  /** Reads on. */
  take(piece: string): void;
  /** The outermost bracket was closed: what follows cannot belong to the object. */
  isWhole(): boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** White space of JSON is this and below. */
const SPACE = 0x20;

export function createWholeObject(): WholeObject {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let whole = false;
  /** A bracket was opened first. */
  let begun = false;
  let isOther = false;
  return {
    take(piece) {
      for (let at = 0; at < piece.length && !whole && !isOther; at += 1) {
        const unit = piece.charCodeAt(at);
        if (!begun) {
          begun = unit === 0x7b || unit === 0x5b;
          isOther = !begun && unit > SPACE;
          if (!begun) continue;
        }
        if (escaped) escaped = false;
        else if (inString) {
          if (unit === QUOTE) inString = false;
          else if (unit === BACKSLASH) escaped = true;
        } else if (unit === QUOTE) inString = true;
        else if (unit === 0x7b || unit === 0x5b) depth += 1;
        else if (unit === 0x7d || unit === 0x5d) {
          depth -= 1;
          whole = depth <= 0;
        }
      }
    },
    isWhole: () => whole,
  };
}
