/** `status` and `incomplete_details.reason` ⇄ why a model stopped. */
import type { FinishReason } from '../../core/reply.ts';

export interface Said {
  readonly toolCalls: boolean;
  readonly refusal: boolean;
}

export type IncompleteReason = 'max_output_tokens' | 'content_filter';

/** @param incomplete absent: the response is complete */
export function readFinish(incomplete: string | undefined, said: Said): FinishReason {
  switch (incomplete) {
    case undefined:
      if (said.refusal) return 'refusal';
      return said.toolCalls ? 'tool_calls' : 'stop';
    case 'content_filter':
      return 'content_filter';
    default:
      return 'length';
  }
}

/**
 * @param said whether a refusal was put in words; one without is a filter's
 * @returns undefined: the response is complete
 */
export function writeIncomplete(reason: FinishReason, said: Pick<Said, 'refusal'>): IncompleteReason | undefined {
  switch (reason) {
    case 'stop':
    case 'stop_sequence':
    case 'tool_calls':
    case 'pause':
      return undefined;
    case 'refusal':
      return said.refusal ? undefined : 'content_filter';
    case 'length':
      return 'max_output_tokens';
    case 'content_filter':
      return 'content_filter';
  }
}
