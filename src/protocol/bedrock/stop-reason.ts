/** Why a model of Converse stopped, in our words. */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import type { JsonObject } from '../../core/json.ts';
import type { FinishReason } from '../../core/reply.ts';
import { clipped, objectAt, textAt } from '../vendor-document.ts';

export type Stop =
  | { readonly kind: 'finish'; readonly reason: FinishReason; readonly stopSequence?: string }
  /** What the model wrote is of no use. */
  | { readonly kind: 'failed'; readonly failure: AttemptFailure };

/** @param document with `stopReason`: a reply, or the event `messageStop` */
export function readStop(document: JsonObject): Stop | undefined {
  const reason = textAt(document, 'stopReason');
  switch (reason) {
    case undefined:
      return undefined;
    case 'tool_use':
      return { kind: 'finish', reason: 'tool_calls' };
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { kind: 'finish', reason: 'length' };
    case 'stop_sequence': {
      const stopSequence = textAt(objectAt(document, 'additionalModelResponseFields'), 'stop_sequence');
      return {
        kind: 'finish',
        reason: 'stop_sequence',
        ...(stopSequence === undefined ? undefined : { stopSequence }),
      };
    }
    case 'content_filtered':
    case 'guardrail_intervened':
      return { kind: 'finish', reason: 'content_filter' };
    case 'refusal':
      return { kind: 'finish', reason: 'refusal' };
    case 'pause_turn':
      return { kind: 'finish', reason: 'pause' };
    case 'malformed_model_output':
    case 'malformed_tool_use': {
      const message = `the model's output is malformed (${clipped(reason)})`;
      return { kind: 'failed', failure: { outcome: 'degraded', message, vendorCode: reason } };
    }
    default:
      // `end_turn`, and reasons that are new: the vendor says that the answer is whole.
      return { kind: 'finish', reason: 'stop' };
  }
}
