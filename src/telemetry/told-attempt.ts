/** An attempt as telemetry tells it, whoever made it: the gateway, or a caller that reported on its own. */

import type { AttemptCost, AttemptReason } from '../core/attempt.ts';
import type { AttemptFailure, FailedOutcome } from '../core/attempt-failure.ts';
import type { AttemptOutcome } from '../core/facts.ts';
import type { FinishReason } from '../core/reply.ts';
import { meteredUsage } from '../core/report.ts';
import type { MeteredUsage } from '../core/usage.ts';
import type { ReportedFact } from '../flows/observer.ts';

/** An `AttemptRecord` is one; of a report much is not known. */
export interface ToldAttempt {
  readonly target: string;
  readonly outcome: AttemptOutcome;
  readonly usage: MeteredUsage;
  readonly cost: AttemptCost;
  /** Milliseconds since the epoch, with fraction. */
  readonly startedAtMs: number;
  readonly durationMs?: number | undefined;
  readonly firstTokenMs?: number | undefined;
  readonly index?: number;
  readonly reason?: AttemptReason;
  readonly because?: FailedOutcome;
  readonly failure?: AttemptFailure;
  readonly outputStarted?: boolean;
  readonly responseId?: string;
  readonly responseModel?: string;
  readonly finish?: FinishReason;
}

export function toldReport({ report, cost, receivedAtMs }: ReportedFact): ToldAttempt {
  const { target, outcome, usage, duration_ms: durationMs, first_token_ms: firstTokenMs } = report;
  const startedAtMs = receivedAtMs - (durationMs ?? 0);
  return { target, outcome, usage: meteredUsage(usage), cost, startedAtMs, durationMs, firstTokenMs };
}
