/** Flows that answer what a test tells them to, and remember what reached them. */
import type { Decision } from '../../src/core/decision.ts';
import type { Failure } from '../../src/core/failure.ts';
import type { PolicyStatus } from '../../src/engine/active-policy.ts';
import type { Arrival } from '../../src/flows/arrival.ts';
import type { Flows, QueryResult, ReportReceipt } from '../../src/flows/flows.ts';

export interface Script {
  readonly open?: (arrival: Arrival) => void;
  readonly decide?: (request: unknown, arrival: Arrival) => Decision | Promise<Decision>;
  readonly report?: (report: unknown, arrival: Arrival) => ReportReceipt;
  readonly query?: (path: string, input: unknown, arrival: Arrival) => QueryResult;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly status?: () => PolicyStatus;
}

export interface ScriptedFlows extends Flows {
  /** Requests and reports as they reached the flows. */
  readonly received: unknown[];
  readonly arrivals: Arrival[];
  /** One entry for each time that a session was ended. */
  readonly endings: (Failure | undefined)[];
  /** Resolves when that many sessions have ended. */
  ended(count: number): Promise<void>;
}

export function scriptedFlows(script: Script): ScriptedFlows {
  const received: unknown[] = [];
  const arrivals: Arrival[] = [];
  const endings: (Failure | undefined)[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  return {
    received,
    arrivals,
    endings,
    ended: (count) =>
      new Promise((resolve) => {
        if (endings.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    async openSession(arrival) {
      arrivals.push(arrival);
      script.open?.(arrival);
      return {
        responseHeaders: script.responseHeaders ?? {},
        async decide(request) {
          received.push(request);
          if (script.decide === undefined) throw new Error('the script decides nothing');
          return script.decide(request, arrival);
        },
        end(failure) {
          endings.push(failure);
          for (const one of waiting) if (endings.length >= one.count) one.resolve();
        },
      };
    },
    async query(arrival, path, input) {
      arrivals.push(arrival);
      received.push(input);
      if (script.query === undefined) throw new Error('the script answers no query');
      return script.query(path, input, arrival);
    },
    async report(arrival, report) {
      arrivals.push(arrival);
      received.push(report);
      if (script.report === undefined) throw new Error('the script takes no report');
      return script.report(report, arrival);
    },
    status: script.status ?? (() => ({ kind: 'never_activated' })),
  };
}
