/**
 * What metering needs of a stream, from its few messages that are not content: identity, usage, why it stopped, errors
 * and the end. Shared by the reading of streams and by the relaying of their bytes.
 */
import type { JsonObject } from '../../core/json.ts';
import type { StreamEvent } from '../../core/reply.ts';
import { malformed, objectAt, textAt } from '../vendor-document.ts';
import { readStreamError } from './read-error.ts';
import { readRefusal } from './read-reply.ts';
import { readStopReason } from './stop-reason.ts';
import { newTally, takeUsage, tokensOf } from './usage.ts';

export interface MessageMeter {
  isStarted(): boolean;
  /** @param kind of the message; what is not metered has no events */
  read(kind: string, document: JsonObject): readonly StreamEvent[];
}

const NOTHING: readonly StreamEvent[] = [];

export function createMessageMeter(): MessageMeter {
  const tally = newTally();
  let started = false;
  let finished = false;

  return {
    isStarted: () => started,
    read(kind, document) {
      switch (kind) {
        case 'message_start':
          return start(document);
        case 'message_delta':
          return started ? delta(document) : broken('message_delta stands before message_start');
        case 'message_stop':
          return finished ? [{ kind: 'end' }] : broken('message_stop came before any stop_reason');
        case 'error':
          return [{ kind: 'error', failure: readStreamError(document) }];
        default:
          return NOTHING;
      }
    },
  };

  function start(document: JsonObject): readonly StreamEvent[] {
    if (started) return broken('message_start came twice');
    const message = objectAt(document, 'message');
    if (message === undefined) return broken('message_start has no message');
    started = true;
    const id = textAt(message, 'id') ?? '';
    const model = textAt(message, 'model') ?? '';
    return [{ kind: 'start', id, model }, ...usage(message)];
  }

  function delta(document: JsonObject): readonly StreamEvent[] {
    const counted = usage(document);
    const change = objectAt(document, 'delta');
    const reason = textAt(change, 'stop_reason');
    if (change === undefined || reason === undefined) return counted;
    finished = true;
    const stopSequence = textAt(change, 'stop_sequence');
    return [
      ...counted,
      ...readRefusal(change),
      {
        kind: 'finish',
        reason: readStopReason(reason),
        ...(stopSequence === undefined ? undefined : { stopSequence }),
      },
    ];
  }

  function usage(holder: JsonObject): readonly StreamEvent[] {
    return takeUsage(tally, objectAt(holder, 'usage')) ? [{ kind: 'usage', tokens: tokensOf(tally) }] : NOTHING;
  }
}

const broken = (why: string): readonly StreamEvent[] => [
  { kind: 'error', failure: malformed(`malformed stream: ${why}`) },
];
