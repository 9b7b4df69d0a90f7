/**
 * Gateway.Generate and GenerateStream: message → request → gateway → message, or events one by one. A client that takes
 * no more stops the reading of the vendor; one that leaves, or whose deadline passes, ends it at once.
 */
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { Cancellation } from '../../core/cancellation.ts';
import { Failure } from '../../core/failure.ts';
import type { GenerationRequest } from '../../core/generation.ts';
import type { Arrival } from '../../flows/arrival.ts';
import type { Gateway, GatewayReply, Served } from '../../flows/gateway.ts';
import { brokenStream } from '../../flows/metered-stream.ts';
import { usdOf } from '../usd.ts';
import type { AnyCall } from './arrival.ts';
import { hintsOf } from './call-hints.ts';
import type { GenerateEventMessage, GenerateRequestMessage, GenerateResponseMessage } from './gateway-messages.ts';
import { createEventWriter, responseMessage } from './generate-reply.ts';
import { readGenerateRequest } from './generate-request.ts';
import { metadataOf } from './headers.ts';
import type { Inbound, ModelMethod } from './service.ts';
import { statusObject } from './status.ts';
import { DECISION_ID_KEY, readable } from './unary.ts';

type Request = Inbound<GenerateRequestMessage>;
type UnaryCall = ServerUnaryCall<Request, GenerateResponseMessage>;
type StreamCall = ServerWritableStream<Request, GenerateEventMessage>;

export interface GenerateHandlers {
  Generate(call: UnaryCall, callback: sendUnaryData<GenerateResponseMessage>): Promise<void>;
  GenerateStream(call: StreamCall): Promise<void>;
}

export function createGenerateHandlers(
  gateway: Gateway,
  arrive: (call: AnyCall, method: ModelMethod) => Arrival,
): GenerateHandlers {
  /** @throws Failure */
  const ask = (call: UnaryCall | StreamCall, method: ModelMethod): Promise<GatewayReply> => {
    const leaving = new Cancellation();
    call.on('cancelled', () => leaving.abort());
    const arrival = arrive(call, method);
    let message: GenerateRequestMessage = {};
    const read = async (): Promise<GenerationRequest> => {
      message = readable(call.request);
      return readGenerateRequest(message, method === 'GenerateStream');
    };
    const header = (name: string): string | undefined => hintsOf(message, name) ?? arrival.header(name);
    return gateway.call({ ...arrival, header }, read, leaving);
  };

  return {
    async Generate(call, callback) {
      try {
        const answer = await ask(call, 'Generate');
        if (answer.kind === 'stream') {
          answer.stream.cancel();
          throw new Failure('internal', 'the gateway streams where a whole answer was asked for');
        }
        const { reply, served } = answer;
        if (reply.kind !== 'generation') throw new Failure('internal', `the gateway answered with a ${reply.kind}`);
        call.sendMetadata(metadataOf({ ...headersOf(served), ...costOf(served) }));
        callback(null, responseMessage(reply));
      } catch (reason) {
        callback(refusal(Failure.from(reason)));
      }
    },
    async GenerateStream(call) {
      try {
        const answer = await ask(call, 'GenerateStream');
        if (answer.kind === 'whole')
          throw new Failure('internal', 'the gateway answers whole where a stream was asked for');
        relay(call, answer);
      } catch (reason) {
        call.emit('error', refusal(Failure.from(reason)));
      }
    },
  };
}

function relay(call: StreamCall, { stream, served, final }: Extract<GatewayReply, { kind: 'stream' }>): void {
  if (call.cancelled) {
    stream.cancel();
    return;
  }
  let over = false;
  const messageOf = createEventWriter();
  call.sendMetadata(metadataOf(headersOf(served)));
  call.on('drain', () => {
    if (!over) stream.resume();
  });
  call.on('cancelled', () => {
    if (over) return;
    over = true;
    stream.cancel();
  });
  stream.start({
    receive(events) {
      let takesMore = true;
      for (const event of events) {
        if (over) return;
        const message = messageOf(event);
        if (message !== undefined) takesMore = call.write(message);
      }
      if (!takesMore) stream.pause();
    },
    closed(failure) {
      if (over) return;
      over = true;
      const { attempts, costNano } = final();
      const trailers = { [ATTEMPTS]: String(attempts), ...costOf({ costNano }) };
      if (failure === undefined) call.end(metadataOf(trailers));
      else call.emit('error', statusObject(brokenStream(failure), trailers));
    },
  });
}

const TARGET = 'x-turnpike-target';
const ATTEMPTS = 'x-turnpike-attempts';
const COST = 'x-turnpike-cost-usd';

const headersOf = (served: Served): Readonly<Record<string, string>> => ({
  [DECISION_ID_KEY]: served.decisionId,
  [TARGET]: served.target,
  [ATTEMPTS]: String(served.attempts),
  ...served.headers,
});

/** Nothing where the cost is not known: unknown is not zero. */
const costOf = ({ costNano }: Pick<Served, 'costNano'>): Readonly<Record<string, string>> =>
  costNano === undefined ? {} : { [COST]: usdOf(costNano) };

function refusal(failure: Failure): ReturnType<typeof statusObject> {
  const { decisionId, attempts } = failure.details;
  return statusObject(failure, {
    ...(decisionId === undefined ? undefined : { [DECISION_ID_KEY]: decisionId }),
    ...(attempts === undefined ? undefined : { [ATTEMPTS]: String(attempts) }),
  });
}
