/** A generation in a vendor's protocol: the short way where the front door speaks the same, else translated. */
import type { GenerationRequest, Protocol } from '../core/generation.ts';
import type { JsonObject } from '../core/json.ts';
import type { StreamEvent } from '../core/reply.ts';
import type { ProviderCall } from '../executor/provider.ts';
import type { SameProtocol, StreamReader, VendorProtocol } from '../protocol/protocol.ts';
import { createSseParser, type SseParser } from '../protocol/sse.ts';
import type { AnswerReader, Question } from './vendor.ts';

/** A protocol of vendors whose streams are server-sent events. */
export interface Spoken {
  readonly protocol: Protocol;
  readonly vendor: VendorProtocol;
  readonly same: SameProtocol;
}

export interface Where {
  readonly origin: string;
  readonly path: string;
  readonly headers?: readonly string[];
}

/** By name; empty: the protocol can say all of it. */
export function unsayable({ protocol, vendor }: Spoken, request: GenerationRequest): readonly string[] {
  return request.protocol === protocol ? [] : vendor.unsupported(request);
}

/**
 * @param model as the vendor calls it
 * @param adapt what this vendor spells in its own way
 */
export function askGeneration(
  { protocol, vendor, same }: Spoken,
  request: GenerationRequest,
  { maxOutputTokens }: ProviderCall,
  model: string,
  { origin, path, headers }: Where,
  adapt: (body: JsonObject) => JsonObject = unchanged,
): Question {
  const as = { model, maxOutputTokens };
  const isSame = request.protocol === protocol;
  const body = adapt(isSame ? same.patchRequest(request, as) : vendor.writeRequest(request, as));
  const asked = {
    origin,
    path,
    body,
    ...(headers === undefined ? undefined : { headers }),
    readError: vendor.readError,
  };
  if (!request.stream) {
    return {
      ...asked,
      answer: {
        kind: 'whole',
        read(document, bytes) {
          const reply = vendor.readReply(document);
          return isSame ? { ...reply, raw: { protocol, bytes } } : reply;
        },
      },
    };
  }
  return {
    ...asked,
    answer: {
      kind: 'stream',
      contentType: 'text/event-stream',
      rawProtocol: isSame ? protocol : undefined,
      createReader: () => (isSame ? same.createRelay(request) : translated(vendor.createStreamReader())),
    },
  };
}

const unchanged = (body: JsonObject): JsonObject => body;

/** Server-sent events of a vendor whose messages the reader knows. */
export const translated = (reader: StreamReader): AnswerReader => new Translated(reader);

/** A class because it is one object a stream, fed by every read of its socket. */
class Translated implements AnswerReader {
  readonly #reader: StreamReader;
  readonly #parser: SseParser;
  #events: StreamEvent[] = [];

  constructor(reader: StreamReader) {
    this.#reader = reader;
    this.#parser = createSseParser((type, data) => {
      for (const event of this.#reader.read(type, data)) this.#events.push(event);
    });
  }

  feed(chunk: Uint8Array): ReturnType<AnswerReader['feed']> {
    this.#events = [];
    this.#parser.feed(chunk);
    return { events: this.#events, raw: undefined };
  }

  ended(): readonly StreamEvent[] {
    return this.#reader.ended?.() ?? [];
  }
}
