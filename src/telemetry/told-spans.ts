/** Decisions and attempts as spans, each counted on the way: the same road for what we made and what was reported. */
import type { Attribution } from '../core/decision.ts';
import type { AttemptedFact, DecidedFact, ReportedFact, TraceAnchor } from '../flows/observer.ts';
import { type AttemptOrigin, type createTargetBlocks, writeAttempt } from './attempt-span.ts';
import { AttributeList } from './attribute-list.ts';
import { ATTRIBUTE, SPAN_NAME } from './attributes.ts';
import type { AllowedTags, createPolicyBlocks } from './attribution.ts';
import { type Counters, UNATTRIBUTED } from './counters.ts';
import { operationName, writeDecision } from './decide-span.ts';
import type { SpanIdentity, SpanParent, SpanSink } from './span.ts';
import { type ToldAttempt, toldReport } from './told-attempt.ts';
import type { TraceIds } from './trace-ids.ts';

export interface Telling {
  readonly counters: Counters;
  readonly spans: SpanSink;
  readonly ids: TraceIds;
  readonly attribution: (attribution: Attribution) => AttributeList;
  readonly policy: ReturnType<typeof createPolicyBlocks>;
  /** Of attempts made here. */
  readonly target: ReturnType<typeof createTargetBlocks>;
  /** Of attempts that were reported. */
  readonly reportedTarget: ReturnType<typeof createTargetBlocks>;
  readonly tags: AllowedTags;
}

/** What a decision leaves behind for its reports; everybody else sees a `TraceAnchor`. */
interface DecideAnchor extends TraceAnchor {
  readonly operation: string;
}

export const UNATTRIBUTED_BLOCK = new AttributeList().set(ATTRIBUTE.team.name, UNATTRIBUTED);

export function recordDecision(
  tell: Telling,
  fact: DecidedFact,
  traceId: string,
  parent: SpanParent | undefined,
  traceState: string | undefined,
): DecideAnchor {
  const { decision, startedAtMs, durationMs } = fact;
  tell.counters.decided(decision, durationMs);
  const spanId = tell.ids.spanId();
  tell.spans.record({
    traceId,
    spanId,
    name: SPAN_NAME.decide,
    kind: 'internal',
    parent,
    link: undefined,
    traceState,
    startMs: startedAtMs,
    endMs: startedAtMs + durationMs,
    error: decision.fault?.code,
    shared: [tell.attribution(decision.document.attribution), tell.policy(decision.policy)],
    own: (to) => writeDecision(to, fact, tell.tags),
  });
  return { traceId, spanId, operation: operationName(fact.call.operation) };
}

/** Where a span stands when nothing else places it. */
export interface Place {
  readonly traceId: string;
  readonly parent: SpanParent | undefined;
  readonly link: SpanIdentity | undefined;
  readonly traceState: string | undefined;
}

/** Under the span of its decision, wherever that trace began; under the report's own where the decision is not known. */
export function recordReport(tell: Telling, fact: ReportedFact, here: Place): ToldAttempt {
  const { report, attribution, decidedAt } = fact;
  const attempt = toldReport(fact);
  const place: Place =
    decidedAt === undefined
      ? { ...here, link: undefined }
      : {
          traceId: decidedAt.traceId,
          parent: { ...decidedAt, remote: false },
          link: here.link,
          traceState: undefined,
        };
  const origin = { decisionId: report.decision_id, reportId: report.id, attribution };
  tellAttempt(tell, attempt, origin, decidedAt === undefined ? 'chat' : operationOf(decidedAt), place);
  return attempt;
}

/** Beside the span of its decision, under the request that made it. */
export function recordAttempt(tell: Telling, { record, operation, decision }: AttemptedFact, here: Place): void {
  const origin = { decisionId: decision.id, reportId: undefined, attribution: decision.document.attribution };
  tellAttempt(tell, record, origin, operationName(operation), here);
}

function tellAttempt(
  tell: Telling,
  attempt: ToldAttempt,
  origin: AttemptOrigin,
  operation: string,
  { traceId, parent, link, traceState }: Place,
): void {
  const { attribution } = origin;
  const { outcome, startedAtMs, durationMs = 0 } = attempt;
  tell.counters.attempted(attempt, attribution);
  const blockOf = origin.reportId === undefined ? tell.target : tell.reportedTarget;
  const target = blockOf(operation, attempt.target);
  tell.spans.record({
    traceId,
    spanId: tell.ids.spanId(),
    name: target.name,
    kind: 'client',
    parent,
    link,
    traceState,
    startMs: startedAtMs,
    endMs: startedAtMs + durationMs,
    error: outcome === 'ok' || outcome === 'cancelled' ? undefined : outcome,
    shared: [attribution === undefined ? UNATTRIBUTED_BLOCK : tell.attribution(attribution), target.attributes],
    own: (to) => writeAttempt(to, attempt, origin, tell.tags),
  });
}

const operationOf = (anchor: TraceAnchor): string => ('operation' in anchor ? String(anchor.operation) : 'chat');
