/** How the body of a request is taken out of what comes. */
import { ChunkedDecoder } from './chunked-decoder.ts';
import { LengthDecoder } from './length-decoder.ts';
import type { RequestHead } from './request-head.ts';

export type Decoder = ChunkedDecoder | LengthDecoder;

const MAX_EXTENSION_BYTES = 16_384;

/** @returns undefined: there is no body */
export function decoderOf(head: RequestHead, maxTrailerBytes: number): Decoder | undefined {
  switch (head.framing) {
    case 'none':
      return undefined;
    case 'length':
      return head.contentLength === 0 ? undefined : new LengthDecoder(head.contentLength);
    case 'chunked':
      return new ChunkedDecoder({ maxTrailerBytes, maxExtensionBytes: MAX_EXTENSION_BYTES });
  }
}
