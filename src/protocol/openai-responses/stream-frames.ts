/** Server-sent events of a response, numbered. Their data is JSON text that is put together, not written anew each time. */

export interface StreamFrames {
  /** @param fields JSON of an object without its braces; empty: there are none */
  frame(type: string, fields: string): string;
  /** A frame that is written once and then told for each piece: what stands before the piece, and what behind it. */
  numbered(before: string, piece: string): string;
}

export function createStreamFrames(): StreamFrames {
  let next = 0;
  return {
    frame: (type, fields) =>
      `event: ${type}\ndata: {"type":"${type}",${fields}${fields === '' ? '' : ','}"sequence_number":${next++}}\n\n`,
    numbered: (before, piece) => `${before}${JSON.stringify(piece)},"sequence_number":${next++}}\n\n`,
  };
}

/** For `numbered`: an event whose last field is its piece. */
export const deltaStart = (type: string, place: string): string =>
  `event: ${type}\ndata: {"type":"${type}",${place},"delta":`;
