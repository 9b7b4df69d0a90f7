/** Reports of cost that remember who asked, over a ledger of one entry. */
import type { Arrival } from '../../src/flows/arrival.ts';
import type { CostReports, PivotRequest, WeeklyRequest } from '../../src/flows/cost-reports.ts';
import { createReportSource } from '../../src/reports/source.ts';
import { createArrayReader } from '../reports/array-reader.ts';
import { attempt } from '../reports/entries.ts';

export interface ScriptedReports extends CostReports {
  readonly arrivals: readonly Arrival[];
  readonly asked: readonly (WeeklyRequest | PivotRequest)[];
}

/** 2026-11-18, a Wednesday. */
const NOW = Date.parse('2026-11-18T12:00:00Z');

/** @param identify stands for identity, and throws where it refuses */
export function scriptedReports(identify: (arrival: Arrival) => void = () => undefined): ScriptedReports {
  const arrivals: Arrival[] = [];
  const asked: (WeeklyRequest | PivotRequest)[] = [];
  const reader = createArrayReader([
    attempt({ at: '2026-11-10T12:00:00Z', costNano: 3n, tokens: [10, 2] }),
    attempt({ at: '2026-11-17T12:00:00Z', costNano: 5n, tokens: [10, 2], cached: 4 }),
    attempt({ at: '2026-11-17T13:00:00Z', team: 'docs', kind: 'unknown' }),
  ]);
  const source = createReportSource({ reader, timeZone: 'UTC', nowMs: () => NOW });
  const told = (arrival: Arrival, request: WeeklyRequest | PivotRequest): void => {
    arrivals.push(arrival);
    asked.push(request);
    identify(arrival);
  };
  return {
    arrivals,
    asked,
    async weekly(arrival, request) {
      told(arrival, request);
      return source.weekly(request);
    },
    async pivot(arrival, request) {
      told(arrival, request);
      return source.pivot(request);
    },
  };
}
