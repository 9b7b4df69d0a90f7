/** Ways in which an attempt ends that its provider does not tell, and what each end says of the target. */
import type { AttemptFailure } from '../core/attempt-failure.ts';
import type { AttemptOutcome } from '../core/facts.ts';
import { Failure, type FailureCode } from '../core/failure.ts';
import type { ModelReply } from '../core/reply.ts';
import type { Verdict } from '../reliability/breaker.ts';
import type { Expired } from '../reliability/watch.ts';
import type { ProviderStream } from './provider.ts';
import type { StreamMeter } from './stream-meter.ts';

/** What an ending says of the target's health. */
export function verdictOn(outcome: AttemptOutcome, failure: AttemptFailure | undefined): Verdict {
  if (failure?.crowded === true) return 'neutral';
  switch (outcome) {
    case 'rate_limited':
    case 'timeout':
    case 'connection':
    case 'unavailable':
    case 'auth':
      return 'failure';
    case 'ok':
    case 'context_length':
    case 'content_filter':
    case 'degraded':
    case 'invalid_request':
      return 'success';
    case 'cancelled':
      return 'neutral';
  }
}

/** A stream that comes when nobody waits any more. */
export function drop(stream: ProviderStream): void {
  stream.start({ receive: () => undefined, closed: () => undefined });
  stream.cancel();
}

/** A provider throws only for faults of ours, or what it finds unsayable when it writes: then nothing was sent. */
export function thrown(reason: unknown): AttemptFailure {
  if (!(reason instanceof Failure) || !UNSAYABLE.has(reason.code)) return BROKEN;
  return { outcome: 'invalid_request', message: reason.message, sent: false };
}

const UNSAYABLE: ReadonlySet<FailureCode> = new Set(['unsupported', 'invalid_request', 'too_large']);
const BROKEN: AttemptFailure = { outcome: 'unavailable', message: 'the provider broke: a fault of ours' };
export const expired = (why: Expired): AttemptFailure => ({ outcome: 'timeout', message: EXPIRED[why] });

const EXPIRED: Readonly<Record<Expired, string>> = {
  first: 'no output in time',
  idle: 'the stream paused for too long',
  slow: 'the stream is too slow',
  total: 'no end in time',
};

/** The vendor did nothing wrong but to go on. */
export const UNPAID: AttemptFailure = {
  outcome: 'cancelled',
  message: 'the answer was ended: the budget cannot bear more of it',
  unpaid: true,
};

/** What an answer says of itself. */
type ReplyMarks = { readonly [Name in 'id' | 'model' | 'finish']?: StreamMeter[Name] };

export function replyMarks(reply: ModelReply | undefined, meter: StreamMeter | undefined): ReplyMarks {
  if (meter !== undefined) return meter;
  if (reply === undefined || reply.kind === 'token_count') return NO_MARKS;
  return reply.kind === 'generation' ? reply : { model: reply.model };
}

const NO_MARKS: ReplyMarks = {};
