/**
 * Bytes of an Anthropic stream that go to an Anthropic client as they are, in whole frames. Frames of content are only
 * recognised by their name; the few others are read for metering. A frame that says or is an error is withheld, with
 * all behind it: whoever relays tells the failure in its own words.
 */
import { Failure } from '../../core/failure.ts';
import { isJsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import type { StreamRelay } from '../protocol.ts';
import { createFrameSplitter, type Frames, frameEnd } from '../sse-frames.ts';
import { malformed, parseDocument, textAt } from '../vendor-document.ts';
import { createMessageMeter } from './message-meter.ts';

const CONTENT = 'event: content_block_';
const PING = 'event: ping\n';

type Fed = ReturnType<StreamRelay['feed']>;
const NOTHING: Fed = { events: [], raw: undefined };
const OUTPUT: StreamEvent = { kind: 'output' };
const OUTPUT_ALONE: readonly StreamEvent[] = [OUTPUT];
const NONE: readonly StreamEvent[] = [];

export function createRelay(): StreamRelay {
  const splitter = createFrameSplitter();
  const meter = createMessageMeter();
  let over = false;

  return {
    feed(chunk) {
      if (over) return NOTHING;
      try {
        const frames = splitter.feed(chunk);
        return frames === undefined ? NOTHING : walk(frames);
      } catch (reason) {
        if (!(reason instanceof Failure)) throw reason;
        over = true;
        return { events: [failed(reason.message)], raw: undefined };
      }
    },
  };

  function walk({ bytes, text }: Frames): Fed {
    let events: readonly StreamEvent[] = NONE;
    let output = false;
    const carriageReturns = text.includes('\r');
    let at = 0;
    while (at < text.length) {
      const blank = carriageReturns ? frameEnd(text, at) : text.indexOf('\n\n', at) + 2;
      // Of blank lines that overlap, a line end may be left over: it is a frame that says nothing.
      const end = blank > at ? blank : text.length;
      let said: readonly StreamEvent[];
      if (meter.isStarted() && text.startsWith(CONTENT, at)) said = OUTPUT_ALONE;
      else if (text.startsWith(PING, at)) said = NONE;
      else said = readFrame(bytes.toString('utf8', at, end));
      if (said === OUTPUT_ALONE) {
        if (!output) events = events === NONE ? OUTPUT_ALONE : [...events, OUTPUT];
        output = true;
      } else if (said.length > 0) {
        events = [...events, ...said];
        const last = said.at(-1)?.kind;
        over = last === 'error' || last === 'end';
        if (last === 'error') break;
      }
      at = end;
      if (over) break;
    }
    return { events, raw: at === 0 ? undefined : at === bytes.length ? bytes : bytes.subarray(0, at) };
  }

  function readFrame(frame: string): readonly StreamEvent[] {
    const { type, data } = fieldsOf(frame);
    if (data === undefined || type === 'ping') return NONE;
    const document = parseDocument(data);
    if (!isJsonObject(document)) return [failed('malformed stream: a message is no JSON object')];
    const kind = textAt(document, 'type') ?? type;
    if (!kind.startsWith('content_block_')) return meter.read(kind, document).filter(isMetering);
    return meter.isStarted() ? OUTPUT_ALONE : [failed('malformed stream: a content block stands before message_start')];
  }
}

/** @returns no data where the frame is a comment */
function fieldsOf(frame: string): { readonly type: string; readonly data: string | undefined } {
  let type = '';
  let data: string | undefined;
  for (const line of frame.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon);
    const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'event') type = value;
    else if (name === 'data') data = data === undefined ? value : `${data}\n${value}`;
  }
  return { type, data };
}

/** A refusal in words is text, which travels in the bytes. */
const isMetering = (event: StreamEvent): boolean => event.kind !== 'refusal';

const failed = (why: string): StreamEvent => ({ kind: 'error', failure: malformed(why) });
