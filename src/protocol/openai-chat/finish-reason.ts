/** `finish_reason` ⇄ why a model stopped. */
import type { FinishReason } from '../../core/reply.ts';

export interface Said {
  readonly toolCalls: boolean;
  readonly refusal: boolean;
}

/** Some endpoints say `stop` of an answer that is tool calls; OpenAI says it of a refusal. */
export function readFinish(reason: string, said: Said): FinishReason {
  switch (reason) {
    case 'length':
    case 'max_tokens':
    case 'model_length':
      return 'length';
    case 'tool_calls':
    case 'function_call':
      return 'tool_calls';
    case 'content_filter':
      return 'content_filter';
    default:
      if (said.refusal) return 'refusal';
      return said.toolCalls ? 'tool_calls' : 'stop';
  }
}

export function writeFinish(reason: FinishReason, said: Pick<Said, 'refusal'>): string {
  switch (reason) {
    case 'stop':
    case 'stop_sequence':
    case 'pause':
      return 'stop';
    case 'refusal':
      return said.refusal ? 'stop' : 'content_filter';
    case 'length':
    case 'tool_calls':
    case 'content_filter':
      return reason;
  }
}
