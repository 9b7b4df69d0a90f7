/** A simulated answer word by word: as fast as it is read, or with time between two words. */

import type { AttemptFailure } from '../../core/attempt-failure.ts';
import type { CancelSignal } from '../../core/cancellation.ts';
import type { StreamEvent } from '../../core/reply.ts';
import type { ProviderStream, StreamReceiver } from '../../executor/provider.ts';
import type { Answer } from './answer.ts';

/** Words that go out before others get their turn. */
const BURST = 32;

export interface WordStreamOptions {
  readonly id: string;
  readonly model: string;
  readonly tokenMs: number;
  /** Breaks the connection after so many words. */
  readonly cutAfter: number | undefined;
  readonly signal: CancelSignal;
}

export function createWordStream(answer: Answer, options: WordStreamOptions): ProviderStream {
  const { tokenMs, cutAfter, signal } = options;
  const events = eventsOf(answer, options);
  // `start` stands before the words.
  const cutAt = cutAfter === undefined ? events.length : Math.min(cutAfter + 1, events.length);
  let receiver: StreamReceiver | undefined;
  let next = 0;
  let paused = false;
  let over = false;
  /** Takes back what is to go on later. */
  let unplan: (() => void) | undefined;

  const close = (failure: AttemptFailure | undefined): void => {
    if (over) return;
    over = true;
    unplan?.();
    signal.removeEventListener('abort', cancel);
    receiver?.closed(failure);
  };
  const cancel = (): void => close({ outcome: 'cancelled', message: 'the request was cancelled' });
  const flow = (): void => {
    unplan = undefined;
    for (let count = 0; count < BURST && !paused && !over; count++) {
      const event = events[next];
      if (next >= cutAt || event === undefined) {
        close(cutAfter === undefined ? undefined : { outcome: 'connection', message: 'the simulation cut its answer' });
        return;
      }
      next += 1;
      receiver?.receive([event], undefined);
      if (tokenMs > 0 && event.kind === 'text') break;
    }
    if (!paused && !over) plan(tokenMs);
  };
  const plan = (delayMs: number): void => {
    if (delayMs > 0) {
      const timer = setTimeout(flow, delayMs);
      unplan = () => clearTimeout(timer);
    } else {
      const turn = setImmediate(flow);
      unplan = () => clearImmediate(turn);
    }
  };

  return {
    rawProtocol: undefined,
    start(to) {
      receiver = to;
      if (over || signal.aborted) {
        over = true;
        to.closed({ outcome: 'cancelled', message: 'the request was cancelled' });
        return;
      }
      signal.addEventListener('abort', cancel);
      plan(0);
    },
    pause() {
      paused = true;
    },
    resume() {
      if (!paused) return;
      paused = false;
      if (receiver !== undefined && !over && unplan === undefined) plan(0);
    },
    cancel() {
      if (receiver === undefined) over = true;
      else cancel();
    },
  };
}

function eventsOf({ words, isRefusal, calls, finish, stopSequence, tokens }: Answer, options: WordStreamOptions) {
  const events: StreamEvent[] = [{ kind: 'start', id: options.id, model: options.model }];
  for (const text of words) events.push({ kind: isRefusal ? 'refusal' : 'text', text });
  for (const [index, call] of calls.entries()) {
    events.push({ kind: 'tool_call', index, id: call.id, name: call.name });
    const half = Math.ceil(call.arguments.length / 2);
    events.push({ kind: 'tool_arguments', index, text: call.arguments.slice(0, half) });
    events.push({ kind: 'tool_arguments', index, text: call.arguments.slice(half) });
  }
  events.push(
    { kind: 'finish', reason: finish, ...(stopSequence === undefined ? undefined : { stopSequence }) },
    { kind: 'usage', tokens },
    { kind: 'end' },
  );
  return events;
}
