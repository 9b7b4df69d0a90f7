/** The body as it arrived, for an endpoint that speaks chat completions too. */
import type { GenerationRequest } from '../../core/generation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { WriteAs } from '../protocol.ts';
import { objectAt } from '../vendor-document.ts';
import type { ChatDialect } from './dialect.ts';

/** Fields that nobody here knows stay; of the two that bound the output the one of the dialect stays. */
export function patchRequest({ body, stream }: GenerationRequest, as: WriteAs, dialect: ChatDialect): JsonObject {
  const { max_tokens: _before, max_completion_tokens: _now, stream_options: options, ...rest } = body;
  return {
    ...rest,
    model: as.model,
    [dialect.outputCap]: as.maxOutputTokens,
    ...(stream && dialect.streamUsage
      ? { stream_options: { ...objectAt(body, 'stream_options'), include_usage: true } }
      : options !== undefined && dialect.streamUsage
        ? { stream_options: options }
        : undefined),
  };
}
