/**
 * A stream that is accounted for however it ends: finished, upstream failed, or the client left. `ended` is told once,
 * also where nobody ever started the stream.
 */
import type { AttemptFailure } from '../core/attempt-failure.ts';
import { Failure } from '../core/failure.ts';
import type { ProviderStream } from '../executor/provider.ts';

export function meteredStream(
  stream: ProviderStream,
  ended: (failure: AttemptFailure | undefined) => void,
  /** What must be done before the reader is told of the end; undefined: nothing. Never rejects. */
  accounted: () => Promise<void> | undefined = () => undefined,
): ProviderStream {
  let started = false;
  return {
    rawProtocol: stream.rawProtocol,
    start(receiver) {
      started = true;
      stream.start({
        receive: (events, raw) => receiver.receive(events, raw),
        closed(failure) {
          // Accounts first: what the client is told last may quote them.
          ended(failure);
          const pending = accounted();
          if (pending === undefined) receiver.closed(failure);
          else void pending.then(() => receiver.closed(failure));
        },
      });
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    cancel() {
      if (!started) {
        started = true;
        stream.start({ receive: () => undefined, closed: ended });
      }
      stream.cancel();
    },
  };
}

/** How telemetry names a stream that did not end well. */
export function brokenStream(failure: AttemptFailure): Failure {
  if (failure.unpaid === true) return new Failure('budget_exhausted', failure.message);
  switch (failure.outcome) {
    case 'cancelled':
      return new Failure('cancelled', 'the client left before the end of the stream');
    case 'timeout':
      return new Failure('upstream_timeout', failure.message);
    case 'rate_limited':
    case 'connection':
    case 'unavailable':
    case 'context_length':
    case 'content_filter':
    case 'degraded':
    case 'invalid_request':
    case 'auth':
      return new Failure('upstream_unavailable', failure.message);
  }
}
