/**
 * Bytes of a streamed response that go to a client of the Responses API as they are, in whole frames. Frames of content
 * are only recognised by their name; those that hold a whole response are read for metering. A frame that says or is an
 * error is withheld, with all behind it: whoever relays tells the failure in its own words.
 */
import { isJsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import type { StreamRelay } from '../protocol.ts';
import { createSseParser, type SseParser } from '../sse.ts';
import { createFrameSplitter, type FrameSplitter, type Frames, frameEnd } from '../sse-frames.ts';
import { malformed, parseDocument, textAt } from '../vendor-document.ts';
import { createResponseMeter, type ResponseMeter } from './response-meter.ts';

export function createRelay(): StreamRelay {
  return new Relay();
}

type Fed = ReturnType<StreamRelay['feed']>;

const NOTHING: Fed = { events: [], raw: undefined };
const OUTPUT: StreamEvent = { kind: 'output' };
const OUTPUT_ALONE: readonly StreamEvent[] = [OUTPUT];
const NONE: readonly StreamEvent[] = [];

const OF_RESPONSE = 'event: response.';
/** Those that hold a whole response. */
const WHOLE = ['created', 'queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled'].map(
  (name) => `response.${name}`,
);
const WHOLE_KINDS: ReadonlySet<string> = new Set(WHOLE);
const WHOLE_STARTS: readonly string[] = WHOLE.map((name) => `event: ${name}`);
/** Nothing is answered yet: a model may think for minutes behind them, and fail. */
const ANNOUNCED: readonly string[] = ['response.output_item.added', 'response.content_part.added'];

/** A class because it is one object a stream, called for every read of a socket. */
class Relay implements StreamRelay {
  readonly #splitter: FrameSplitter = createFrameSplitter();
  readonly #meter: ResponseMeter = createResponseMeter();
  readonly #parser: SseParser;
  /** Of the frame that is being read. */
  #said: readonly StreamEvent[] = NONE;
  #isOver = false;

  constructor() {
    this.#parser = createSseParser((type, data) => {
      this.#said = this.#message(type, data);
    });
  }

  feed(chunk: Uint8Array): Fed {
    if (this.#isOver) return NOTHING;
    const frames = this.#splitter.feed(chunk);
    return frames === undefined ? NOTHING : this.#walk(frames);
  }

  #walk({ bytes, text }: Frames): Fed {
    let events = NONE;
    let isToldOutput = false;
    let at = 0;
    const hasCarriageReturns = text.includes('\r');
    while (at < text.length && !this.#isOver) {
      const blank = hasCarriageReturns ? frameEnd(text, at) : text.indexOf('\n\n', at) + 2;
      // Of blank lines that overlap, a line end may be left over: it is a frame that says nothing.
      const end = blank > at ? blank : text.length;
      const said = this.#content(text, at) ?? this.#read(bytes.subarray(at, end));
      if (said === OUTPUT_ALONE) {
        if (!isToldOutput) events = events === NONE ? OUTPUT_ALONE : [...events, OUTPUT];
        isToldOutput = true;
      } else if (said.length > 0) {
        events = [...events, ...said];
        const last = said[said.length - 1]?.kind;
        this.#isOver = last === 'error' || last === 'end';
        if (last === 'error') break;
      }
      at = end;
    }
    return { events, raw: at === 0 ? undefined : at === bytes.length ? bytes : bytes.subarray(0, at) };
  }

  /**
   * Nearly every frame of a long stream ends here.
   * @returns undefined where the frame must be read
   */
  #content(text: string, at: number): readonly StreamEvent[] | undefined {
    if (!this.#meter.isStarted() || !text.startsWith(OF_RESPONSE, at)) return undefined;
    if (text.startsWith('output_text.', at + OF_RESPONSE.length)) return OUTPUT_ALONE;
    for (const start of WHOLE_STARTS) if (text.startsWith(start, at)) return undefined;
    const kindAt = at + 'event: '.length;
    this.#see(text, kindAt);
    return ANNOUNCED.some((kind) => text.startsWith(kind, kindAt)) ? NONE : OUTPUT_ALONE;
  }

  #see(text: string, at: number): void {
    if (text.startsWith('response.function_call_arguments.', at)) this.#meter.seen.toolCalls = true;
    else if (text.startsWith('response.custom_tool_call_input.', at)) this.#meter.seen.toolCalls = true;
    else if (text.startsWith('response.refusal.', at)) this.#meter.seen.refusal = true;
  }

  #read(frame: Uint8Array): readonly StreamEvent[] {
    this.#said = NONE;
    this.#parser.feed(frame);
    return this.#said;
  }

  #message(type: string, data: string): readonly StreamEvent[] {
    if (data === '[DONE]') return NONE;
    const document = parseDocument(data);
    if (!isJsonObject(document)) return [failed('a message is no JSON object')];
    const kind = textAt(document, 'type') ?? type;
    const metered = this.#meter.read(kind, document);
    if (metered.length > 0) return metered;
    if (!kind.startsWith('response.') || WHOLE_KINDS.has(kind)) return NONE;
    if (!this.#meter.isStarted()) return [failed(`${kind.slice(0, 64)} came first`)];
    this.#see(kind, 0);
    return ANNOUNCED.includes(kind) ? NONE : OUTPUT_ALONE;
  }
}

const failed = (why: string): StreamEvent => ({ kind: 'error', failure: malformed(`malformed stream: ${why}`) });
