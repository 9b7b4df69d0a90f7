/** The native routes: one decision, a batch of them, and the report on what became of one. */
import { Failure } from '../../core/failure.ts';
import { presentDecision } from '../../core/present.ts';
import { decideAll } from '../../flows/batch.ts';
import type { BatchItem, DecideSession, Flows } from '../../flows/flows.ts';
import type { Exchange } from './exchange.ts';
import { readJson } from './json-body.ts';
import { problemOf } from './problem.ts';
import { jsonReply, problemReply, type Reply } from './reply.ts';

const DECISION_ID_HEADER = 'x-turnpike-decision-id';

/** 200 for allow, deny and throttle alike: the question was answered. */
export async function decideRoute(
  flows: Flows,
  limitBytes: number,
  turn: () => Promise<void>,
  exchange: Exchange,
): Promise<Reply> {
  return inSession(flows, exchange, async (session) => {
    const request = await readJson(exchange, limitBytes);
    await turn();
    const decision = await session.decide(request);
    return jsonReply(presentDecision(decision), { [DECISION_ID_HEADER]: decision.id, ...session.responseHeaders });
  });
}

export async function batchRoute(flows: Flows, limitBytes: number, exchange: Exchange): Promise<Reply> {
  return inSession(flows, exchange, async (session) => {
    const requests = readBatch(await readJson(exchange, limitBytes));
    const items = await decideAll(whileThere(session, exchange), requests);
    return jsonReply({ results: items.map(presentItem) }, session.responseHeaders);
  });
}

export async function reportRoute(flows: Flows, limitBytes: number, exchange: Exchange): Promise<Reply> {
  const arrival = exchange.arrive();
  return jsonReply(await flows.report(arrival, await readJson(exchange, limitBytes)));
}

/** Opens a session before the body is read, so that a stranger's body never is; ends it exactly once. */
async function inSession(
  flows: Flows,
  exchange: Exchange,
  answer: (session: DecideSession) => Promise<Reply>,
): Promise<Reply> {
  const session = await flows.openSession(exchange.arrive());
  try {
    const reply = await answer(session);
    session.end();
    return reply;
  } catch (reason) {
    const failure = Failure.from(reason);
    session.end(failure);
    return problemReply(failure, session.responseHeaders);
  }
}

/** What was asked by a client that has left is not evaluated. */
function whileThere(session: DecideSession, exchange: Exchange): DecideSession {
  return {
    ...session,
    decide(request) {
      if (exchange.isGone()) throw new Failure('cancelled', 'the client left before the decision was made');
      return session.decide(request);
    },
  };
}

function readBatch(body: unknown): readonly unknown[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Failure('invalid_request', 'body: must be an object');
  }
  for (const name in body) {
    if (name !== 'requests') throw new Failure('invalid_request', `body: unknown field "${name.slice(0, 64)}"`);
  }
  const requests: unknown = 'requests' in body ? body.requests : undefined;
  if (!Array.isArray(requests)) throw new Failure('invalid_request', 'body.requests: must be an array');
  return requests;
}

function presentItem(item: BatchItem): object {
  switch (item.kind) {
    case 'decided':
      return { decision: presentDecision(item.decision) };
    case 'failed':
      return { error: problemOf(item.failure) };
  }
}
