/**
 * The path of a report: arrival → identity → report → matched with its decision → priced → recorded once.
 * A report on another team's decision is refused. The memory of reports is bounded; a replay of an id that was
 * forgotten would be recorded again.
 */
import { costOf } from '../core/attempt-cost.ts';
import type { Attribution } from '../core/decision.ts';
import { Failure } from '../core/failure.ts';
import type { Principal } from '../core/principal.ts';
import { type AttemptReport, meteredUsage } from '../core/report.ts';
import { type PolicyStatus, pricesOf } from '../engine/active-policy.ts';
import type { Clock } from '../engine/clock.ts';
import type { Arrival } from './arrival.ts';
import type { DecisionHolds } from './decision-holds.ts';
import type { ReportReceipt } from './flows.ts';
import type { Identity } from './identity.ts';
import type { Observer } from './observer.ts';
import type { RecentDecision, RecentDecisions } from './recent-decisions.ts';
import { createRecentTexts } from './recent-texts.ts';
import { readReport } from './report-request.ts';

/** Reports remembered for idempotency. */
const REMEMBERED_REPORTS = 8192;

export interface ReportDependencies {
  readonly identity: Identity;
  readonly observer: Observer;
  readonly recent: RecentDecisions;
  readonly clock: Clock;
  readonly status: () => PolicyStatus;
  /** Told of feedback on a target that this process chose; default nobody. */
  readonly rate?: (target: string, quality: number) => void;
  /** Absent: nothing is settled, nothing is written down. */
  readonly holds?: DecisionHolds | undefined;
}

export function createReportFlow(
  dependencies: ReportDependencies,
): (arrival: Arrival, untrusted: unknown) => Promise<ReportReceipt> {
  const { identity, observer, recent, clock, status } = dependencies;
  const seen = createRecentTexts(REMEMBERED_REPORTS);

  const record = async (principal: Principal, report: AttemptReport, arrival: Arrival): Promise<ReportReceipt> => {
    const decision = recent.find(report.decision_id) ?? (await dependencies.holds?.find(report.decision_id));
    if (decision !== undefined) mustOwn(principal, decision);
    const content = JSON.stringify(report);
    const key = `${principal.team ?? ''}\n${report.id}`;
    const before = seen.find(key);
    if (before !== undefined && before !== content) {
      throw new Failure('conflict', `report "${report.id}": was recorded before with other content`);
    }
    const receipt: ReportReceipt = { duplicate: before !== undefined, matched: decision !== undefined };
    if (receipt.duplicate) return receipt;
    seen.remember(key, content);
    if (decision !== undefined) feedback(report, dependencies.rate);
    const receivedAtMs = clock.nowMs();
    const cost = costOf(pricesOf(status()), report.target, meteredUsage(report.usage), receivedAtMs);
    const observation = observer.begin(arrival);
    observation.reported({
      report,
      attribution: decision?.attribution,
      cost,
      decidedAt: decision?.anchor,
      receivedAtMs,
    });
    observation.end();
    const attribution = decision?.attribution ?? unmatched(principal);
    const subject = principal.subject;
    await dependencies.holds?.settle({ report, attribution, cost, receivedAtMs, subject });
    return receipt;
  };

  return async (arrival, untrusted) => {
    try {
      return await record(await identity.identify(arrival.credential), readReport(untrusted), arrival);
    } catch (reason) {
      const failure = Failure.from(reason);
      observer.begin(arrival).end(failure);
      throw failure;
    }
  };
}

/** A decision that is not known here: what its reporter is known by. */
const unmatched = ({ team = '', application = '', environment = '' }: Principal): Attribution => ({
  team,
  application,
  environment,
});

/** What nobody can place says nothing of a target; a degraded answer is a bad one though nobody gave it a mark. */
function feedback(report: AttemptReport, rate: ReportDependencies['rate']): void {
  const quality = report.quality ?? (report.outcome === 'degraded' ? 0 : undefined);
  if (quality !== undefined) rate?.(report.target, quality);
}

function mustOwn(principal: Principal, decision: RecentDecision): void {
  if (principal.team !== undefined && principal.team !== decision.attribution.team) {
    throw new Failure('forbidden', `decision "${decision.id}": belongs to another team`);
  }
}
