/** What makes one vendor different from another, for the one driver that speaks HTTP (`http-provider.ts`). */
import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { ModelRequest, Protocol } from '../core/generation.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { ModelReply, StreamEvent } from '../core/reply.ts';
import type { ProviderCall } from '../executor/provider.ts';
import type { VendorProtocol } from '../protocol/protocol.ts';

export interface Vendor {
  /** What of a request it cannot do, by name; empty: it can. */
  unsupported(request: ModelRequest, model: string): readonly string[];
  /**
   * @returns the answer itself, where nobody needs to be asked
   * @throws Failure `unsupported` or `invalid_request` where the request cannot be written
   */
  ask(call: ProviderCall): Question | ModelReply;
  readonly credentials: Credentials;
}

/** One request to a vendor, and how what comes back is read. */
export interface Question {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly path: string;
  readonly body: JsonObject;
  /** Names and values in turn, beside the content type and those of the credentials. */
  readonly headers?: readonly string[];
  readonly answer: WholeAnswer | StreamedAnswer;
  readonly readError: VendorProtocol['readError'];
}

/** A header of the answer. */
export type HeaderOf = (name: string) => string | undefined;

export interface WholeAnswer {
  readonly kind: 'whole';
  /**
   * @param bytes of the body, for a reply that is relayed
   * @returns a failure where the vendor says in its reply that there is no answer
   * @throws Failure where the document is no reply
   */
  readonly read: (body: Json, bytes: Uint8Array, header: HeaderOf) => ModelReply | AttemptFailure;
}

export interface StreamedAnswer {
  readonly kind: 'stream';
  /** Without parameters; any other is no answer. */
  readonly contentType: string;
  /** Of the bytes that are relayed; undefined: none are. */
  readonly rawProtocol: Protocol | undefined;
  readonly createReader: (header: HeaderOf) => AnswerReader;
}

/** Bytes of a streamed answer, split anywhere → its events. */
export interface AnswerReader {
  feed(chunk: Uint8Array): { readonly events: readonly StreamEvent[]; readonly raw: Uint8Array | undefined };
  /** The body ended as HTTP says that it should: what only then is known. */
  ended?(): readonly StreamEvent[];
}

/** What authenticates us at a vendor. */
export interface Credentials {
  /**
   * Names and values in turn; a promise only where they must be fetched.
   * @param payload the body as it is sent, for signatures
   * @throws Failure `unavailable` where there is no credential, saying why and never what it is
   */
  headersFor(question: Question, payload: string): readonly string[] | Promise<readonly string[]>;
  /** The vendor refused it: what is kept of it is stale. */
  rejected(): void;
  /** The text without any credential of ours, whole or in part. */
  conceal(text: string): string;
}
