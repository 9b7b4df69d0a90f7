/** Flows that answer as a test tells them, and remember what they were asked. */
import type { Decision } from '../../../../src/core/decision.ts';
import type { Failure } from '../../../../src/core/failure.ts';
import type { PolicyStatus } from '../../../../src/engine/active-policy.ts';
import type { Arrival } from '../../../../src/flows/arrival.ts';
import type { Flows } from '../../../../src/flows/flows.ts';

export const ALLOWED: Decision = {
  id: '019aaaaa-0000-7000-8000-000000000001',
  policy: { revision: '4f2c', digest: 'sha256:ab', entrypoint: 'turnpike/decision' },
  document: {
    outcome: 'allow',
    reasons: [],
    route: [
      {
        target: 'acme/large',
        max_output_tokens: 800,
        retries: 1,
        timeouts: { connect_ms: 2000, first_token_ms: 8000, idle_ms: 15000, total_ms: 60000 },
      },
    ],
    fallback_on: ['timeout'],
    envelope: { deadline_ms: 60000, max_attempts: 4, max_cost_nano_usd: 50000000 },
    budgets: ['team-search-month'],
    limits: [],
    obligations: [],
    attribution: { team: 'search', application: 'assistant', environment: 'prod' },
  },
  estimate: {
    kind: 'priced',
    cost: { target: 'acme/large', price_id: 'p1', input_nano_usd: 1n, output_nano_usd: 2n, total_nano_usd: 3n },
  },
  decided_at_ms: 1_795_384_800_123,
};

export interface Asked {
  readonly arrival: Arrival;
  readonly request: unknown;
}

export interface ScriptedFlows extends Flows {
  readonly asked: Asked[];
  /** How each session ended, in order. */
  readonly ended: (Failure | undefined)[];
}

export interface Script {
  readonly open?: (arrival: Arrival) => void;
  readonly decide?: (request: unknown) => Decision | Promise<Decision>;
  readonly query?: (path: string, input: unknown) => unknown;
  readonly report?: (report: unknown) => { duplicate: boolean; matched: boolean };
  readonly status?: () => PolicyStatus;
  readonly responseHeaders?: Readonly<Record<string, string>>;
}

export const NEVER: PolicyStatus = { kind: 'never_activated', why: 'bundle.tar.gz: no such file' };

export function createScriptedFlows(script: Script = {}): ScriptedFlows {
  const asked: Asked[] = [];
  const ended: (Failure | undefined)[] = [];
  return {
    asked,
    ended,
    openSession(arrival) {
      script.open?.(arrival);
      return {
        responseHeaders: script.responseHeaders ?? {},
        async decide(request) {
          asked.push({ arrival, request });
          return script.decide?.(request) ?? ALLOWED;
        },
        end: (failure) => {
          ended.push(failure);
        },
      };
    },
    async query(arrival, path, input) {
      script.open?.(arrival);
      asked.push({ arrival, request: { path, input } });
      const result = script.query?.(path, input);
      return { ...(result === undefined ? {} : { result }), decisionId: 'query-1' };
    },
    async report(arrival, report) {
      script.open?.(arrival);
      asked.push({ arrival, request: report });
      return script.report?.(report) ?? { duplicate: false, matched: true };
    },
    status: () => script.status?.() ?? NEVER,
  };
}
