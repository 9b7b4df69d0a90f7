/** Decide, DecideBatch and Report: one message in, one out. Whatever fails ends the call with its status, once. */
import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { Failure } from '../../core/failure.ts';
import type { Arrival } from '../../flows/arrival.ts';
import { decideAll } from '../../flows/batch.ts';
import type { BatchItem, DecideSession, Flows } from '../../flows/flows.ts';
import { createTurn } from '../turn.ts';
import type { AnyCall } from './arrival.ts';
import { decisionMessage, requestDocument } from './codec.ts';
import { metadataOf } from './headers.ts';
import type {
  DecideBatchRequestMessage,
  DecideBatchResponseMessage,
  DecideRequestMessage,
  DecisionMessage,
  ItemMessage,
  ReportResponseMessage,
  WrittenInt64,
} from './messages.ts';
import type { Inbound, Method, ReportRequestMessage } from './service.ts';
import { failureMessage, statusObject } from './status.ts';

export const DECISION_ID_KEY = 'x-turnpike-decision-id';

type Unary<In, Out> = (call: ServerUnaryCall<Inbound<In>, Out>, callback: sendUnaryData<Out>) => void;

export interface UnaryHandlers {
  readonly Decide: Unary<DecideRequestMessage, DecisionMessage<WrittenInt64>>;
  readonly DecideBatch: Unary<DecideBatchRequestMessage, DecideBatchResponseMessage<WrittenInt64>>;
  readonly Report: Unary<ReportRequestMessage, ReportResponseMessage>;
}

export function createUnaryHandlers(flows: Flows, arrive: (call: AnyCall, method: Method) => Arrival): UnaryHandlers {
  const turn = createTurn();

  /** Opens the session, runs, and ends both the call and the session: with what came out, or with why nothing did. */
  const underSession = <In, Out>(
    method: Method,
    run: (message: In, session: DecideSession, call: ServerUnaryCall<Inbound<In>, Out>) => Promise<Out>,
  ): Unary<In, Out> => {
    return async (call, callback) => {
      let session: DecideSession | undefined;
      try {
        session = await flows.openSession(arrive(call, method));
        const answer = await run(readable(call.request), session, call);
        callback(null, answer);
        session.end();
      } catch (reason) {
        const failure = Failure.from(reason);
        callback(statusObject(failure, session?.responseHeaders));
        session?.end(failure);
      }
    };
  };

  return {
    Decide: underSession('Decide', async (message, session, call) => {
      await turn();
      refuseCancelled(call);
      const decision = await session.decide(requestDocument(message));
      const headers = metadataOf(session.responseHeaders);
      headers.set(DECISION_ID_KEY, decision.id);
      call.sendMetadata(headers);
      return decisionMessage(decision);
    }),
    DecideBatch: underSession('DecideBatch', async ({ requests = [] }, session, call) => {
      const items = await decideAll(readingSession(session, call), requests);
      call.sendMetadata(metadataOf(session.responseHeaders));
      return { results: items.map(itemMessage) };
    }),
    async Report(call, callback) {
      try {
        const report = readable(call.request);
        callback(null, await flows.report(arrive(call, 'Report'), report));
      } catch (reason) {
        callback(statusObject(Failure.from(reason)));
      }
    },
  };
}

/** @throws the Failure that reading the bytes ended with */
export function readable<Message>(inbound: Inbound<Message>): Message {
  switch (inbound.kind) {
    case 'read':
      return inbound.message;
    case 'unreadable':
      throw inbound.failure;
  }
}

/** A session whose requests are still messages, and which decides nothing for a client that has left. */
function readingSession(session: DecideSession, call: AnyCall): DecideSession {
  return {
    ...session,
    // The cast holds because `requests` of the batch message are what is handed on here.
    decide: async (message) => {
      refuseCancelled(call);
      return session.decide(requestDocument(message as DecideRequestMessage));
    },
  };
}

function refuseCancelled(call: AnyCall): void {
  if (call.cancelled) throw new Failure('cancelled', 'the client cancelled the call before the decision was made');
}

export function itemMessage(item: BatchItem): ItemMessage<WrittenInt64> {
  switch (item.kind) {
    case 'decided':
      return { decision: decisionMessage(item.decision) };
    case 'failed':
      return { error: failureMessage(item.failure) };
  }
}
