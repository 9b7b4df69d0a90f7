/** Anthropic's `stop_reason` ⇄ why a model stopped. */
import type { FinishReason } from '../../core/reply.ts';

/** A reason that is newer than this table is a stop like any other: that the answer is whole is said elsewhere. */
export function readStopReason(reason: string): FinishReason {
  switch (reason) {
    case 'stop_sequence':
      return 'stop_sequence';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool_calls';
    case 'refusal':
      return 'refusal';
    case 'pause_turn':
      return 'pause';
    default:
      return 'stop';
  }
}

/** @param refused the answer holds a refusal in words, which some vendors end with a plain `stop` */
export function writeStopReason(reason: FinishReason, refused: boolean): string {
  switch (reason) {
    case 'stop':
      return refused ? 'refusal' : 'end_turn';
    case 'stop_sequence':
      return 'stop_sequence';
    case 'length':
      return 'max_tokens';
    case 'tool_calls':
      return 'tool_use';
    case 'content_filter':
    case 'refusal':
      return 'refusal';
    case 'pause':
      return 'pause_turn';
  }
}
