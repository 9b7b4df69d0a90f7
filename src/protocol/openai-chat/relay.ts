/**
 * Bytes of a streamed chat completion that go to a client of chat completions as they are, in whole frames. Once the
 * answer has begun, chunks are searched, not read: only those that say why it stopped, what was used or what went wrong
 * are parsed. The chunk with the usage is taken out where the gateway alone asked for it. A frame that says or is an
 * error is withheld, with all behind it: whoever relays tells the failure in its own words.
 */
import type { GenerationRequest } from '../../core/generation.ts';
import { isOutput, type StreamEvent } from '../../core/reply.ts';
import type { StreamReader, StreamRelay } from '../protocol.ts';
import { createSseParser, type SseParser } from '../sse.ts';
import { createFrameSplitter, type FrameSplitter, type Frames, frameEnd } from '../sse-frames.ts';
import { createStreamReader } from './read-stream.ts';
import { wantsUsage } from './write-stream.ts';

export function createRelay(request: GenerationRequest): StreamRelay {
  return new Relay(!wantsUsage(request));
}

type Fed = ReturnType<StreamRelay['feed']>;

const NOTHING: Fed = { events: [], raw: undefined };
const OUTPUT: StreamEvent = { kind: 'output' };
const OUTPUT_ALONE: readonly StreamEvent[] = [OUTPUT];

/** What a piece of the answer does not have. Within a string its quotes would be escaped. */
const TELLING = /"finish_reason"\s*:\s*"|"usage"\s*:\s*\{|"error"\s*:\s*[^n\s]/;
/** The chunk with the usage has no choice. */
const NO_CHOICES = /"choices"\s*:\s*\[\s*\]/;

/** A class because it is one object a stream, called for every read of a socket. */
class Relay implements StreamRelay {
  readonly #stripsUsage: boolean;
  readonly #splitter: FrameSplitter = createFrameSplitter();
  readonly #reader: StreamReader = createStreamReader();
  readonly #parser: SseParser;
  /** Of the frame that is being read. */
  #said: StreamEvent[] = [];
  #hasOutput = false;
  #isOver = false;

  constructor(stripsUsage: boolean) {
    this.#stripsUsage = stripsUsage;
    this.#parser = createSseParser((type, data) => {
      for (const event of this.#reader.read(type, data)) this.#said.push(event);
    });
  }

  feed(chunk: Uint8Array): Fed {
    if (this.#isOver) return NOTHING;
    const frames = this.#splitter.feed(chunk);
    if (frames === undefined) return NOTHING;
    // Nearly every read of a long stream ends here.
    if (this.#hasOutput && isPlain(frames.text)) return { events: OUTPUT_ALONE, raw: frames.bytes };
    return this.#walk(frames);
  }

  ended(): readonly StreamEvent[] {
    return this.#isOver ? NOTHING.events : (this.#reader.ended?.() ?? NOTHING.events);
  }

  #walk({ bytes, text }: Frames): Fed {
    const events: StreamEvent[] = [];
    const kept: Buffer[] = [];
    let isToldOutput = false;
    /** Where what is kept begins. */
    let start = 0;
    let at = 0;
    while (at < text.length && !this.#isOver) {
      const found = frameEnd(text, at);
      const end = found === -1 ? text.length : found;
      const isRead = !this.#hasOutput || !isPlain(text.slice(at, end));
      const said = isRead ? this.#read(bytes.subarray(at, end)) : OUTPUT_ALONE;
      let isStripped = false;
      for (const event of said) {
        if (event.kind === 'output' || isOutput(event)) {
          this.#hasOutput = true;
          if (!isToldOutput) events.push(OUTPUT);
          isToldOutput = true;
          continue;
        }
        events.push(event);
        if (event.kind === 'usage') isStripped = this.#stripsUsage && NO_CHOICES.test(text.slice(at, end));
        else if (event.kind === 'end' || event.kind === 'error') this.#isOver = true;
        if (event.kind === 'error') isStripped = true;
      }
      if (isStripped) {
        if (at > start) kept.push(bytes.subarray(start, at));
        start = end;
      }
      at = end;
    }
    if (at > start) kept.push(bytes.subarray(start, at));
    return { events, raw: kept.length < 2 ? kept[0] : Buffer.concat(kept) };
  }

  #read(frame: Buffer): readonly StreamEvent[] {
    this.#said = [];
    this.#parser.feed(frame);
    return this.#said;
  }
}

/** Whether every frame is one line that begins and ends as an object does, and tells nothing but a piece of the answer. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    if (!text.startsWith('data: {', at) || text.charCodeAt(end - 1) !== 0x7d || text.charCodeAt(end + 1) !== 0x0a) {
      return false;
    }
    at = end + 2;
  }
  return !TELLING.test(text);
}
