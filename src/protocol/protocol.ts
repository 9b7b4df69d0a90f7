/**
 * Owns the vendors' protocols: bytes and documents ⇄ the words of core, both ways, and nothing else. May import core.
 * A front door reads requests and writes replies; a provider writes requests and reads replies. What cannot be said in
 * a protocol is a Failure `unsupported` that names it; what does not fit is a Failure `invalid_request` that names where.
 */
import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { Failure } from '../core/failure.ts';
import type { GenerationRequest } from '../core/generation.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { GenerationReply, StreamEvent } from '../core/reply.ts';

/** One protocol as a front door speaks it. */
export interface FrontProtocol {
  /** @throws Failure `invalid_request`, `unsupported` or `too_large`, each with the field's name */
  readRequest(body: Json): GenerationRequest;
  /** @param identity absent: what only it knows is the vendor's, and the moment is that of the writing */
  writeReply(reply: GenerationReply, request: GenerationRequest, identity?: ReplyIdentity): JsonObject;
  createStreamWriter(request: GenerationRequest, identity: ReplyIdentity): StreamWriter;
  /** The error document that the official SDK turns into its exception class. */
  writeError(failure: Failure, status: number): JsonObject;
}

export interface ReplyIdentity {
  /** For what the vendor gives no id of its own. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly createdS: number;
}

/** Events → the text of server-sent events. */
export interface StreamWriter {
  /** @returns what goes to the client now; may be empty */
  write(event: StreamEvent): string;
  /** The text that ends a stream which failed after its first byte: an error event, and no marker of success. */
  fail(failure: Failure): string;
}

/** One protocol as a provider speaks it. */
export interface VendorProtocol {
  /** What of a request this protocol cannot say, by name; empty: it can. */
  unsupported(request: GenerationRequest): readonly string[];
  /** @throws Failure `unsupported` where `unsupported` is not empty */
  writeRequest(request: GenerationRequest, as: WriteAs): JsonObject;
  /** @throws Failure `invalid_request` where the document is no reply */
  readReply(body: Json): GenerationReply;
  createStreamReader(): StreamReader;
  /** @param body parsed where it is JSON, else the text */
  readError(status: number, header: (name: string) => string | undefined, body: Json): AttemptFailure;
}

export interface WriteAs {
  readonly model: string;
  readonly maxOutputTokens: number;
}

/** Messages of a stream → events. */
export interface StreamReader {
  /**
   * @param type the event's name where the protocol has one, else empty
   * @returns its events; a message that does not fit is an `error` event
   */
  read(type: string, data: string): readonly StreamEvent[];
  /**
   * The body ended as HTTP says that it should. Of protocols without an end marker of their own, such as Gemini's:
   * `finish` and `end` where the answer is whole, and nothing where it was cut.
   */
  ended?(): readonly StreamEvent[];
}

/** The short way, where front door and provider speak the same protocol: unknown fields and bytes pass as they are. */
export interface SameProtocol {
  /** The body as it arrived, with the model and the cap of output replaced, and with usage asked for. */
  patchRequest(request: GenerationRequest, as: WriteAs): JsonObject;
  createRelay(request: GenerationRequest): StreamRelay;
}

/** Bytes of a stream → the same bytes, and on the side what metering needs. Split anywhere. */
export interface StreamRelay {
  /**
   * @returns `raw` in whole messages only, without what the gateway alone asked for; `events` as `StreamReceiver` of
   *   `executor/provider.ts` says
   */
  feed(chunk: Uint8Array): { readonly events: readonly StreamEvent[]; readonly raw: Uint8Array | undefined };
  /** As that of `StreamReader`. */
  ended?(): readonly StreamEvent[];
}
