/** Whether an answer is one. Told before it reaches the client where it came whole; else noted for the target's health. */
import type { AttemptFailure } from '../core/attempt.ts';
import type { GenerationRequest, ModelRequest } from '../core/generation.ts';
import type { GenerationReply, ModelReply } from '../core/reply.ts';
import type { StreamMeter } from './stream-meter.ts';

export type Assessment =
  /** `quality` absent: this kind of answer says nothing of it. */
  | { readonly kind: 'good'; readonly quality?: number }
  | { readonly kind: 'poor'; readonly quality: number; readonly failure: AttemptFailure };

export interface Judge {
  reply(reply: ModelReply, request: ModelRequest, maxOutputTokens: number): Assessment;
  stream(meter: StreamMeter, request: ModelRequest, maxOutputTokens: number): Assessment;
}

const GOOD: Assessment = { kind: 'good', quality: 1 };
const UNJUDGED: Assessment = { kind: 'good' };
const EMPTY = poor(0, 'the answer is empty');
const TRUNCATED = poor(0.5, 'the answer was cut before its cap');
const REFUSED = poor(0.5, 'the model refused');
const FILTERED: Assessment = {
  kind: 'poor',
  quality: 0.5,
  failure: { outcome: 'content_filter', message: 'the provider cut the answer by its filter' },
};

export function createJudge(): Judge {
  return {
    reply(reply, request, maxOutputTokens) {
      if (reply.kind !== 'generation' || request.kind !== 'generation') return UNJUDGED;
      return judgeReply(reply, request, maxOutputTokens);
    },
    stream(meter, request, maxOutputTokens) {
      if (request.kind !== 'generation') return UNJUDGED;
      if (meter.finish === 'content_filter') return FILTERED;
      if (meter.finish === 'refusal') return REFUSED;
      if (!meter.hasOutput) return meter.finish === 'stop_sequence' || meter.finish === 'pause' ? UNJUDGED : EMPTY;
      const usage = meter.usage(0, maxOutputTokens);
      if (meter.finish === 'length' && usage.kind === 'exact' && early(usage.tokens.output, maxOutputTokens)) {
        return TRUNCATED;
      }
      return GOOD;
    },
  };
}

function judgeReply(reply: GenerationReply, _request: GenerationRequest, maxOutputTokens: number): Assessment {
  const { content, finish, usage } = reply;
  switch (finish) {
    case 'content_filter':
      return FILTERED;
    case 'refusal':
      return REFUSED;
    case 'length':
      if (usage.kind === 'unknown' || !early(usage.tokens.output, maxOutputTokens)) return UNJUDGED;
      return TRUNCATED;
    case 'pause':
    case 'stop_sequence':
      return UNJUDGED;
    case 'stop':
    case 'tool_calls':
      break;
  }
  let hasText = false;
  for (const part of content) {
    switch (part.kind) {
      case 'refusal':
        return REFUSED;
      case 'text':
        hasText ||= part.text.length > 0;
        break;
      case 'tool_call':
        hasText = true;
        break;
      case 'reasoning':
        break;
    }
  }
  return hasText ? GOOD : EMPTY;
}

/** Vendors count a token or two differently from what they cap. */
const early = (outputTokens: number, maxOutputTokens: number): boolean =>
  outputTokens + 2 + maxOutputTokens / 32 < maxOutputTokens;

function poor(quality: number, message: string): Assessment {
  return { kind: 'poor', quality, failure: { outcome: 'degraded', message } };
}
