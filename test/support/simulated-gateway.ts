/**
 * A gateway whose vendor is the simulated one, and whose policy knows three models that it refuses: enough for what an
 * SDK can meet, without policy, budgets or retries.
 */
import type { AttemptFailure } from '../../src/core/attempt-failure.ts';
import { Failure, type FailureCode, type FailureDetails } from '../../src/core/failure.ts';
import type { ModelRequest } from '../../src/core/generation.ts';
import type { GatewayReply } from '../../src/flows/gateway.ts';
import { createSimulatedProvider } from '../../src/providers/simulated/simulated.ts';
import { type Asked, type ScriptedGateway, SERVED, scriptedGateway } from './scripted-gateway.ts';

export const API_KEY = 'tp_test_0123456789abcdef';

const REFUSED: ReadonlyMap<string, readonly [FailureCode, FailureDetails]> = new Map([
  ['denied', ['access_denied', { rule: 'access.models', reason: 'model_not_allowed' }]],
  [
    'spent',
    [
      'budget_exhausted',
      { rule: 'budget.exhausted', budget: 'team-day', resetsAt: '2030-01-01T00:00:00Z', retryAfterMs: 7_200_000 },
    ],
  ],
  ['throttled', ['throttled', { rule: 'limits.rate', retryAfterMs: 1_500 }]],
]);

export function simulatedGateway(): ScriptedGateway {
  const provider = createSimulatedProvider();
  return scriptedGateway({
    identify({ credential }) {
      if (credential.kind !== 'bearer' || credential.token !== API_KEY) {
        throw new Failure('unauthenticated', 'credential: missing or not accepted');
      }
    },
    async call({ request, signal }: Asked): Promise<GatewayReply> {
      const refused = REFUSED.get(modelOf(request) ?? '');
      if (refused !== undefined) {
        const [code, details] = refused;
        throw new Failure(code, `policy says ${code}`, { details: { ...details, decisionId: SERVED.decisionId } });
      }
      const reply = await provider.send({
        request,
        model: 'small',
        maxOutputTokens: limitOf(request),
        connectTimeoutMs: 1000,
        signal,
      });
      switch (reply.kind) {
        case 'whole':
          return { ...reply, served: SERVED };
        case 'stream':
          return {
            ...reply,
            served: { ...SERVED, costNano: undefined },
            final: () => ({ attempts: 2, costNano: 42n }),
          };
        case 'failed':
          throw upstream(reply.failure);
      }
    },
  });
}

function modelOf(request: ModelRequest): string | undefined {
  return request.kind === 'token_count' ? request.generation.model : request.model;
}

const limitOf = (request: ModelRequest): number =>
  request.kind === 'generation' ? (request.maxOutputTokens ?? 1000) : 1000;

const CODES: Readonly<Partial<Record<AttemptFailure['outcome'], FailureCode>>> = {
  rate_limited: 'upstream_rate_limited',
  timeout: 'upstream_timeout',
  context_length: 'context_too_long',
  content_filter: 'content_filtered',
  invalid_request: 'upstream_rejected',
};

function upstream({ outcome, message, retryAfterMs }: AttemptFailure): Failure {
  const details = {
    decisionId: SERVED.decisionId,
    target: SERVED.target,
    attempts: 2,
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
  };
  return new Failure(CODES[outcome] ?? 'upstream_unavailable', message, { details });
}
