/**
 * The path of a report: arrival → identity → report → matched with its decision → priced → recorded once, whichever
 * process made the decision and whichever heard the report before. A report on another team's decision is refused. The
 * memory of reports is bounded: a replay of an id that was forgotten, on a decision that nothing was held for, would be
 * observed again.
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
import type { Claimed } from './held-decisions.ts';
import type { Identity } from './identity.ts';
import type { Observer } from './observer.ts';
import type { RecentDecision, RecentDecisions } from './recent-decisions.ts';
import { createRecentTexts } from './recent-texts.ts';
import { readReport } from './report-request.ts';

/** Reports remembered for idempotency. */
const REMEMBERED_REPORTS = 8192;
/** Before what is remembered of a report: whether its decision was known. */
const MATCHED = '+';
const UNMATCHED = '-';

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
  const { identity, observer, recent, clock, status, holds } = dependencies;
  const seen = createRecentTexts(REMEMBERED_REPORTS);

  const record = async (principal: Principal, report: AttemptReport, arrival: Arrival): Promise<ReportReceipt> => {
    const decision = recent.find(report.decision_id);
    if (decision !== undefined) mustOwn(principal, decision);
    const content = JSON.stringify(report);
    const key = `${principal.team ?? ''}\n${report.id}`;
    const told = (): ReportReceipt | undefined => {
      const before = seen.find(key);
      if (before === undefined) return undefined;
      if (before.slice(1) !== content) throw conflict(report);
      return { duplicate: true, matched: before.startsWith(MATCHED) };
    };
    const before = told();
    if (before !== undefined) return before;
    const claimed = await claimOf(report, principal, decision !== undefined);
    // It may have come twice at once.
    const meanwhile = told();
    if (meanwhile !== undefined) return meanwhile;
    const matched = decision !== undefined || claimed !== undefined;
    seen.remember(key, `${matched ? MATCHED : UNMATCHED}${content}`);
    const duplicate = claimed !== undefined && claimed.standing !== 'new';
    if (decision !== undefined && !duplicate) feedback(report, dependencies.rate);
    const receivedAtMs = clock.nowMs();
    const cost = costOf(pricesOf(status()), report.target, meteredUsage(report.usage), receivedAtMs);
    const known = decision?.attribution ?? claimed?.held.attribution;
    if (!duplicate) {
      const observation = observer.begin(arrival);
      observation.reported({ report, attribution: known, cost, decidedAt: decision?.anchor, receivedAtMs });
      observation.end();
    }
    const attribution = known ?? unmatched(principal);
    // Whoever heard it before may have died over it: what was done changes nothing when it is done again.
    const subject = principal.subject;
    await holds?.settle({ report, claimed, attribution, cost, receivedAtMs, subject });
    return { duplicate, matched };
  };

  /** Undefined: nothing is known to be held. */
  const claimOf = async (report: AttemptReport, { team }: Principal, isOurs: boolean): Promise<Claimed | undefined> => {
    const claim = await holds?.claim(report, { team, isOurs });
    switch (claim?.kind) {
      case 'claimed':
        return claim;
      case 'foreign':
        throw foreign(report.decision_id);
      case 'conflict':
        throw conflict(report);
      case 'unknown':
      case undefined:
        return undefined;
    }
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
  if (principal.team !== undefined && principal.team !== decision.attribution.team) throw foreign(decision.id);
}

const foreign = (decisionId: string): Failure =>
  new Failure('forbidden', `decision "${decisionId}": belongs to another team`);

const conflict = ({ id }: AttemptReport): Failure =>
  new Failure('conflict', `report "${id}": was recorded before with other content`);
