/** What operators and their probes ask: is it alive, is it ready, which policy serves and how old is it. */
import { Failure } from '../../core/failure.ts';
import type { Flows } from '../../flows/flows.ts';
import type { Exchange } from './exchange.ts';
import { querySwitch } from './query-string.ts';
import type { Reply } from './reply.ts';

/** The process answers; says nothing of the policy, so that a restart is not the cure for a missing bundle. */
export function livezRoute(): Reply {
  return probeReply(200, { state: 'alive' });
}

/** 503 until a policy is active. Stale and last-good policies serve, so they are ready, and say what they are. */
export function readyzRoute(flows: Flows, nowMs: number): Reply {
  const status = flows.status();
  if (status.kind === 'never_activated') {
    return probeReply(503, { state: status.kind, ...(status.why === undefined ? undefined : { why: status.why }) });
  }
  const { revision, digest } = status.policy.identity;
  const ageMs = Math.max(0, Math.round(nowMs - status.syncedAtMs));
  const why = status.kind === 'serving' ? undefined : { why: status.why };
  return probeReply(200, { state: status.kind, revision, digest, age_ms: ageMs, ...why });
}

/** As OPA's: `{}` when well, 500 with an error otherwise; `?bundles` asks for an active policy too. */
export function healthRoute(flows: Flows, exchange: Exchange): Reply {
  const bundles = querySwitch(exchange.query, 'bundles') || querySwitch(exchange.query, 'bundle');
  if (bundles && flows.status().kind === 'never_activated') {
    return probeReply(500, { error: 'one or more bundles are not activated' });
  }
  return probeReply(200, {});
}

/** @param metrics what the telemetry room exposes; a fault in it is ours */
export async function metricsRoute(
  metrics: () => Promise<{ readonly contentType: string; readonly body: string }>,
): Promise<Reply> {
  try {
    return { kind: 'whole', status: 200, ...(await metrics()), headers: NOT_STORED };
  } catch (reason) {
    throw new Failure('internal', 'metrics: could not be collected', { cause: reason });
  }
}

const NOT_STORED = { 'cache-control': 'no-store' } as const;

function probeReply(status: number, document: object): Reply {
  const body = `${JSON.stringify(document)}\n`;
  return { kind: 'whole', status, contentType: 'application/json', body, headers: NOT_STORED };
}
