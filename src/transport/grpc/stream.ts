/**
 * DecideStream: ordered, back-pressured, and going on after a request that fails. Reads no faster than answers are
 * taken: at most `maxInFlight` requests are read and not yet answered.
 */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Failure } from '../../core/failure.ts';
import type { Arrival } from '../../flows/arrival.ts';
import type { DecideSession, Flows } from '../../flows/flows.ts';
import { createTurn } from '../turn.ts';
import type { AnyCall } from './arrival.ts';
import { requestDocument } from './codec.ts';
import { metadataOf } from './headers.ts';
import type { DecideStreamRequestMessage, DecideStreamResponseMessage, WrittenInt64 } from './messages.ts';
import { createOrderedWindow } from './ordered-window.ts';
import type { Inbound, Method } from './service.ts';
import { statusObject } from './status.ts';
import { itemMessage } from './unary.ts';

type Answer = DecideStreamResponseMessage<WrittenInt64>;
type StreamCall = ServerDuplexStream<Inbound<DecideStreamRequestMessage>, Answer>;

export interface StreamHandler {
  handle(call: StreamCall): Promise<void>;
  /** Every open stream answers what it has read and ends with UNAVAILABLE; later streams at once. */
  drain(): void;
}

export function createStreamHandler(
  flows: Flows,
  arrive: (call: AnyCall, method: Method) => Arrival,
  options: { readonly maxInFlight: number },
): StreamHandler {
  const open = new Set<() => void>();
  let draining = false;

  return {
    async handle(call) {
      let session: DecideSession;
      try {
        session = await flows.openSession(arrive(call, 'DecideStream'));
      } catch (reason) {
        call.emit('error', statusObject(Failure.from(reason)));
        return;
      }
      const stopReading = serve(call, session, options.maxInFlight, () => open.delete(stopReading));
      open.add(stopReading);
      if (draining) stopReading();
    },
    drain() {
      draining = true;
      for (const stopReading of open) stopReading();
    },
  };
}

/** How a stream stands: `reading`, or told to end when the window is empty, or over. */
type Phase =
  | { readonly kind: 'reading' }
  | { readonly kind: 'ending'; readonly failure: Failure | undefined }
  | { readonly kind: 'over' };

/** @returns what stops the reading, for a drain */
function serve(call: StreamCall, session: DecideSession, maxInFlight: number, over: () => void): () => void {
  let phase: Phase = { kind: 'reading' };
  const turn = createTurn();

  const window = createOrderedWindow<Answer>(maxInFlight, {
    // After the end nobody takes answers, and the window need not know.
    write: (answer) => phase.kind === 'over' || call.write(answer),
    progressed: () => settle(),
  });

  const settle = (): void => {
    if (phase.kind === 'reading') {
      if (window.accepts()) call.resume();
      return;
    }
    if (phase.kind === 'over' || window.size() > 0) return;
    const { failure } = phase;
    finish(failure);
    if (failure === undefined) call.end(metadataOf(session.responseHeaders));
    else call.emit('error', statusObject(failure, session.responseHeaders));
  };

  const finish = (failure: Failure | undefined): void => {
    phase = { kind: 'over' };
    session.end(failure);
    over();
  };

  const stopReading = (failure: Failure | undefined): void => {
    if (phase.kind !== 'reading') return;
    phase = { kind: 'ending', failure };
    settle();
  };

  call.on('data', (inbound: Inbound<DecideStreamRequestMessage>) => {
    if (phase.kind !== 'reading') return; // said to the client by the failure that ended it
    window.admit(answerOf(inbound, session, turn));
    if (!window.accepts()) call.pause();
  });
  call.on('drain', () => window.release());
  call.on('end', () => stopReading(undefined));
  call.on('cancelled', () => {
    if (phase.kind !== 'over') finish(new Failure('cancelled', 'the client left before the stream ended'));
  });

  return () => {
    call.pause();
    stopReading(
      new Failure('unavailable', 'the server is draining: open another stream; what is unanswered was not decided'),
    );
  };
}

async function answerOf(
  inbound: Inbound<DecideStreamRequestMessage>,
  session: DecideSession,
  turn: () => Promise<void>,
): Promise<Answer> {
  if (inbound.kind === 'unreadable')
    return { request_id: '', ...itemMessage({ kind: 'failed', failure: inbound.failure }) };
  const { request_id = '', request } = inbound.message;
  try {
    await turn();
    const decision = await session.decide(requestDocument(request));
    return { request_id, ...itemMessage({ kind: 'decided', decision }) };
  } catch (reason) {
    return { request_id, ...itemMessage({ kind: 'failed', failure: Failure.from(reason) }) };
  }
}
