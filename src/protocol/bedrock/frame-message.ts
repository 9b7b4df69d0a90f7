/** A frame → the name and the text of its message, as a reader of streams takes them. */
import type { Frame, FrameFault } from './event-stream.ts';

export interface FrameMessage {
  /** Of an event or an exception; `error` where AWS sends one that its model does not know. */
  readonly type: string;
  readonly data: string;
}

export function frameMessage({ headers, payload }: Frame): FrameMessage {
  const text = (name: string): string => {
    const header = headers.get(name);
    return header?.type === 'string' ? header.value : '';
  };
  const data = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
  switch (text(':message-type')) {
    case 'exception':
      return { type: text(':exception-type') || 'error', data };
    case 'error':
      return { type: 'error', data: JSON.stringify({ message: `${text(':error-code')} ${text(':error-message')}` }) };
    default:
      return { type: text(':event-type'), data };
  }
}

/** What a fault is called in front of a caller. */
export function describeFrameFault(fault: FrameFault): string {
  switch (fault) {
    case 'prelude_checksum':
      return 'a frame of the stream has a prelude whose checksum is wrong';
    case 'message_checksum':
      return 'a frame of the stream has a wrong checksum';
    case 'frame_too_small':
      return 'a frame of the stream is shorter than its headers';
    case 'frame_too_large':
      return 'a frame of the stream is larger than 4 MiB';
    case 'headers_too_large':
      return 'a frame of the stream has headers of more than 128 KiB';
    case 'header_malformed':
      return 'a frame of the stream has a malformed header';
    case 'header_repeated':
      return 'a frame of the stream has a header twice';
    case 'truncated':
      return 'the stream was cut inside of a frame';
  }
}
