/** A door of the matrix: how it is asked, and how its client reads what it answers. */
import type { GenerationRequest } from '../../../src/core/generation.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { GenerationReply, StreamEvent } from '../../../src/core/reply.ts';
import type { StreamWriter } from '../../../src/protocol/protocol.ts';

export type FrontName = 'chat' | 'responses' | 'anthropic' | 'grpc';

export interface Front {
  readonly name: FrontName;
  /** With what every body of this door has, unless it says otherwise. */
  readRequest(body: JsonObject): GenerationRequest;
  /** Written, and read as a client of this door does. */
  throughReply(reply: GenerationReply, request: GenerationRequest): GenerationReply;
  createStreamWriter(request: GenerationRequest): StreamWriter;
  /** Of a stream of this door, as a client reads it that sees the body end well. */
  readStream(text: string): readonly StreamEvent[];
  /** What only a whole answer has. */
  readonly endMarker: RegExp;
}
