/** The body of ConverseStream, in frames of AWS and not in server-sent events, as the answer of a vendor. */
import type { StreamEvent } from '../../core/reply.ts';
import { FrameDecoder } from '../../protocol/bedrock/event-stream.ts';
import { describeFrameFault, frameMessage } from '../../protocol/bedrock/frame-message.ts';
import type { StreamReader } from '../../protocol/protocol.ts';
import type { AnswerReader } from '../vendor.ts';

/** A class because it is one object a stream, fed by every read of its socket. */
export class FrameReader implements AnswerReader {
  readonly #reader: StreamReader;
  readonly #decoder: FrameDecoder;
  #events: StreamEvent[] = [];

  constructor(reader: StreamReader) {
    this.#reader = reader;
    this.#decoder = new FrameDecoder((frame) => {
      const { type, data } = frameMessage(frame);
      for (const event of this.#reader.read(type, data)) this.#events.push(event);
    });
  }

  feed(chunk: Uint8Array): ReturnType<AnswerReader['feed']> {
    this.#events = [];
    const fault = this.#decoder.feed(chunk);
    if (fault !== undefined) this.#events.push(broken(describeFrameFault(fault)));
    return { events: this.#events, raw: undefined };
  }

  ended(): readonly StreamEvent[] {
    const fault = this.#decoder.end();
    return fault === undefined ? (this.#reader.ended?.() ?? []) : [broken(describeFrameFault(fault))];
  }
}

/** Bytes that cannot be read say nothing of the target's health but that the way to it is bad. */
const broken = (message: string): StreamEvent => ({ kind: 'error', failure: { outcome: 'connection', message } });
