/**
 * What metering needs of a stream, from its few messages that hold a whole response: identity, usage, why it stopped,
 * errors and the end. Shared by the reading of streams and by the relaying of their bytes.
 */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import type { JsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import { readStreamError } from '../openai-chat/read-error.ts';
import { listAt, malformed, objectAt, textAt } from '../vendor-document.ts';
import { readFinish } from './finish-reason.ts';
import { isForCaller, saysRefusal } from './read-items.ts';
import { readUsage } from './usage.ts';

export interface ResponseMeter {
  isStarted(): boolean;
  /** Not every vendor repeats the output at the end, so whoever sees a call or a refusal go by says so. */
  readonly seen: { toolCalls: boolean; refusal: boolean };
  /** @param kind of the message; what is not metered has no events */
  read(kind: string, document: JsonObject): readonly StreamEvent[];
}

const NOTHING: readonly StreamEvent[] = [];

export function createResponseMeter(): ResponseMeter {
  const seen = { toolCalls: false, refusal: false };
  let started = false;

  return {
    isStarted: () => started,
    seen,
    read(kind, document) {
      switch (kind) {
        case 'response.created':
        case 'response.queued':
        case 'response.in_progress':
          return start(objectAt(document, 'response'));
        case 'response.completed':
          return end(objectAt(document, 'response'), false);
        case 'response.incomplete':
          return end(objectAt(document, 'response'), true);
        case 'response.failed':
        case 'response.cancelled':
          return [...usage(objectAt(document, 'response')), failed(objectAt(document, 'response'))];
        case 'error':
          return [{ kind: 'error', failure: readFailed(document) }];
        default:
          return NOTHING;
      }
    },
  };

  function start(response: JsonObject | undefined): readonly StreamEvent[] {
    if (started) return NOTHING;
    started = true;
    return [{ kind: 'start', id: textAt(response, 'id') ?? '', model: textAt(response, 'model') ?? '' }];
  }

  function end(response: JsonObject | undefined, isIncomplete: boolean): readonly StreamEvent[] {
    if (response === undefined) {
      return [{ kind: 'error', failure: malformed('malformed stream: its end has no response') }];
    }
    const status = textAt(response, 'status');
    if (status === 'failed' || status === 'cancelled')
      return [...start(response), ...usage(response), failed(response)];
    const output = listAt(response, 'output');
    const said = {
      toolCalls: seen.toolCalls || output.some(isForCaller),
      refusal: seen.refusal || output.some(saysRefusal),
    };
    const incomplete = isIncomplete || status === 'incomplete' ? incompleteReason(response) : undefined;
    return [
      ...start(response),
      { kind: 'finish', reason: readFinish(incomplete, said) },
      ...usage(response),
      { kind: 'end' },
    ];
  }
}

/** Of a response that says that it is incomplete. */
export const incompleteReason = (response: JsonObject): string =>
  textAt(objectAt(response, 'incomplete_details'), 'reason') ?? 'max_output_tokens';

function usage(response: JsonObject | undefined): readonly StreamEvent[] {
  const tokens = readUsage(response?.['usage'], response?.['service_tier']);
  return tokens === undefined ? NOTHING : [{ kind: 'usage', tokens }];
}

const failed = (response: JsonObject | undefined): StreamEvent => ({
  kind: 'error',
  failure: readFailed({ error: objectAt(response, 'error') ?? {} }),
});

/** Codes of what the caller sent; a response that failed has no status that would say so. */
const CALLERS = /^(?:invalid_|image_|empty_image|unsupported_|failed_to_download|context_length)/;

/** @param document with `error`, or what would stand in it */
export function readFailed(document: JsonObject): AttemptFailure {
  const error = objectAt(document, 'error') ?? document;
  const isCallers = CALLERS.test(textAt(error, 'code') ?? '');
  return readStreamError({ error: isCallers ? { ...error, type: 'invalid_request_error' } : error });
}
