/** What the wire refuses by itself, below any route; who answers requests puts it in words. */
export type Fault =
  /** The bytes are no HTTP/1.1, or could be taken for something else by somebody else. */
  | 'malformed'
  /** The head, or the trailers behind a body, is longer or has more lines than it may. */
  | 'head_too_large'
  | 'extensions_too_large'
  /** The head or the body did not arrive in time. */
  | 'late'
  /** `CONNECT`: asked for a tunnel to elsewhere. */
  | 'tunnel';
