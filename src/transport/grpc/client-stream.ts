/** The client's end of DecideStream: answers come in the order of requests, each with the id it was asked under. */
import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js';
import { Failure } from '../../core/failure.ts';
import type { DecideRequest } from '../../flows/decide-request.ts';
import type { BatchItem } from '../../flows/flows.ts';
import { decisionOf } from './codec.ts';
import type { DecideStreamRequestMessage, DecideStreamResponseMessage, ItemMessage } from './messages.ts';
import { failureOf, failureOfStatus } from './status.ts';

export interface StreamHandlers {
  answered(requestId: string, item: BatchItem): void;
  /** The stream is over: all was answered, or why not. Called once. */
  closed(failure: Failure | undefined): void;
}

export interface DecisionStream {
  /** @returns false when the server takes no more for now; what is sent still is kept, in memory */
  send(requestId: string, request: DecideRequest): boolean;
  /** Resolves when the server takes more. */
  writable(): Promise<void>;
  /** Nothing more will be asked; answers still come. */
  end(): void;
  cancel(): void;
}

type Stream = ClientDuplexStream<DecideStreamRequestMessage, DecideStreamResponseMessage<bigint>>;

export function openDecisionStream(
  stream: Stream,
  handlers: StreamHandlers,
  check: (request: DecideRequest) => void,
): DecisionStream {
  stream.on('data', (answer: DecideStreamResponseMessage<bigint>) =>
    handlers.answered(answer.request_id, itemOf(answer)),
  );
  stream.on('error', () => undefined); // said by the status, which always comes
  stream.on('status', (status: StatusObject) =>
    handlers.closed(status.code === 0 ? undefined : failureOfStatus(status)),
  );
  return {
    send(requestId, request) {
      check(request);
      return stream.write({ request_id: requestId, request });
    },
    writable: () =>
      stream.writableNeedDrain ? new Promise((resolve) => stream.once('drain', resolve)) : Promise.resolve(),
    end: () => stream.end(),
    cancel: () => stream.cancel(),
  };
}

/** @throws Failure `internal` when the answer holds neither a decision nor an error */
export function itemOf({ decision, error }: ItemMessage<bigint>): BatchItem {
  if (decision) return { kind: 'decided', decision: decisionOf(decision) };
  if (error) return { kind: 'failed', failure: failureOf(error) };
  throw new Failure('internal', 'answer: neither a decision nor an error');
}
