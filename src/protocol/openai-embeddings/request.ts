/** A request → the body of `POST /v1/embeddings`, translated, or as it arrived. */
import { Failure } from '../../core/failure.ts';
import type { EmbeddingRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';

/** @returns by name; empty: it can say all of it */
export const unsupported = (request: EmbeddingRequest): readonly string[] =>
  request.protocol === 'openai-chat' ? [] : request.unkept;

/** @throws Failure `unsupported` */
export function writeRequest(request: EmbeddingRequest, model: string): JsonObject {
  const names = unsupported(request);
  if (names.length > 0) throw new Failure('unsupported', `${model}: not supported: ${names.join(', ')}`);
  const { inputs, dimensions, encoding, user } = request;
  const [first] = inputs;
  return {
    model,
    // One text alone is written so by everybody; some endpoints take nothing else.
    input: inputs.length === 1 && typeof first === 'string' ? first : inputs,
    ...(dimensions === undefined ? undefined : { dimensions }),
    encoding_format: encoding,
    ...(user === undefined ? undefined : { user }),
  };
}

/** Fields that nobody here knows stay. */
export const patchRequest = ({ body }: EmbeddingRequest, model: string): JsonObject => ({ ...body, model });
