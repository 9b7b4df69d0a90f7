/** Why Gemini stopped, in our words. Source: https://ai.google.dev/api/generate-content#FinishReason. */
import type { AttemptFailure } from '../../core/attempt-failure.ts';
import type { FinishReason } from '../../core/reply.ts';
import { clipped } from '../vendor-document.ts';

export type Finish =
  | { readonly kind: 'finish'; readonly reason: FinishReason }
  /** What the model wrote is of no use. */
  | { readonly kind: 'failed'; readonly failure: AttemptFailure };

/** @param calledTools a turn that ends in calls says `STOP` too */
export function readFinish(reason: string, calledTools: boolean, said: string | undefined): Finish {
  switch (reason) {
    case 'MAX_TOKENS':
    case 'CONTINUATION':
      return { kind: 'finish', reason: 'length' };
    case 'SAFETY':
    case 'RECITATION':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'IMAGE_SAFETY':
    case 'IMAGE_PROHIBITED_CONTENT':
    case 'IMAGE_RECITATION':
      return { kind: 'finish', reason: 'content_filter' };
    case 'MALFORMED_FUNCTION_CALL':
    case 'UNEXPECTED_TOOL_CALL':
    case 'TOO_MANY_TOOL_CALLS':
    case 'MALFORMED_RESPONSE':
    case 'MISSING_THOUGHT_SIGNATURE':
    case 'LANGUAGE':
    case 'NO_IMAGE':
    case 'IMAGE_OTHER':
    case 'OTHER': {
      const message = said === undefined ? `the model stopped: ${reason}` : `the model stopped: ${reason}: ${said}`;
      return { kind: 'failed', failure: { outcome: 'degraded', message: clipped(message), vendorCode: reason } };
    }
    default:
      // `STOP`, and reasons that are new.
      return { kind: 'finish', reason: calledTools ? 'tool_calls' : 'stop' };
  }
}

/** The prompt was not answered at all. */
export const blocked = (blockReason: string): AttemptFailure => ({
  outcome: 'content_filter',
  message: clipped(`the prompt was blocked: ${blockReason}`),
  vendorCode: blockReason.slice(0, 64),
});
