/**
 * Owns what is told of arrivals, decisions and reports: three kinds of span, and counters that no sampling touches.
 * May import core and the observer port; never the OpenTelemetry SDK, which only `sdk/` knows.
 * It fails open: what cannot be told is left out, and never costs anybody a decision.
 */
import type { Attribution } from '../core/decision.ts';
import type { Failure } from '../core/failure.ts';
import type { Clock } from '../engine/clock.ts';
import type { Arrival } from '../flows/arrival.ts';
import type { DecidedFact, Observation, Observer, ReportedFact, TraceAnchor } from '../flows/observer.ts';
import { attemptAttributes } from './attempt-span.ts';
import { AttributeList } from './attribute-list.ts';
import { ATTRIBUTE, SPAN_NAME } from './attributes.ts';
import { type AllowedTags, createAttributionBlocks, createPolicyBlocks, setTags } from './attribution.ts';
import { type Counters, UNATTRIBUTED } from './counters.ts';
import { decideAttributes, operationName } from './decide-span.ts';
import { isSampled, RECORD_ALL, type Sampling } from './sampling.ts';
import { emptyTally, isOurFault, serverAttributes, type WireStatus } from './server-span.ts';
import type { SpanIdentity, SpanParent, SpanSink } from './span.ts';
import { type RemoteContext, readTraceContext, writeTraceparent } from './trace-context.ts';
import type { TraceIds } from './trace-ids.ts';

export interface ObserverDependencies {
  readonly counters: Counters;
  /** Absent: nothing is traced, only counted. */
  readonly spans: SpanSink | undefined;
  readonly ids: TraceIds;
  readonly clock: Clock;
}

export interface ObserverOptions {
  /** Default: every trace is recorded. */
  readonly sampling?: Sampling;
  /**
   * What a `traceparent` from outside is to us. `parent` (default): our spans join that trace. `link`: they start one
   * of their own that points to it. `ignore`: it is not read.
   */
  readonly remoteContext?: 'parent' | 'link' | 'ignore';
  /** Tags that may appear on spans; default `all` that policy attributed, within the bounds. */
  readonly tags?: AllowedTags;
  /** Baggage keys that may appear on server spans; default none. */
  readonly baggage?: ReadonlySet<string>;
  /** Status codes of the transports; without it they are left out. */
  readonly status?: WireStatus;
}

/** What a decision leaves behind for its reports; everybody else sees a `TraceAnchor`. */
interface DecideAnchor extends TraceAnchor {
  readonly operation: string;
}

export function createObserver(dependencies: ObserverDependencies, options: ObserverOptions = {}): Observer {
  const { counters, spans } = dependencies;
  if (spans === undefined) return countingObserver(counters);
  return tracingObserver({ ...dependencies, spans }, options);
}

function countingObserver(counters: Counters): Observer {
  const observation: Observation = {
    decided(fact) {
      counters.decided(fact.decision, fact.durationMs);
      return undefined;
    },
    reported: (fact) => counters.reported(fact.report, fact.attribution, fact.cost),
    attempted: () => undefined,
    served: () => undefined,
    end: () => undefined,
    responseHeaders: {},
  };
  return { begin: () => observation };
}

function tracingObserver(
  dependencies: ObserverDependencies & { readonly spans: SpanSink },
  options: ObserverOptions,
): Observer {
  const { ids } = dependencies;
  const counting = countingObserver(dependencies.counters);
  const sampling = options.sampling ?? RECORD_ALL;
  const remoteMode = options.remoteContext ?? 'parent';
  const blocks = { attribution: createAttributionBlocks(), policy: createPolicyBlocks() };
  const tell: Telling = { ...dependencies, ...blocks, tags: options.tags ?? 'all', options };

  return {
    begin(arrival) {
      const remote = remoteMode === 'ignore' ? undefined : readTraceContext(arrival.header);
      const joined = remoteMode === 'parent' ? remote : undefined;
      const own = { traceId: joined?.traceId ?? ids.traceId(), spanId: ids.spanId() };
      if (!isSampled(sampling, remote, joined === undefined ? own.traceId : own.spanId)) {
        return { ...counting.begin(arrival), responseHeaders: headersOf(arrival, own, false) };
      }
      return arrival.transport === 'embedded'
        ? embeddedObservation(tell, own.traceId, remoteParent(joined), joined?.traceState)
        : servedObservation(tell, arrival, own, remote, joined);
    },
  };
}

interface Telling extends ObserverDependencies {
  readonly spans: SpanSink;
  readonly attribution: (attribution: Attribution) => AttributeList;
  readonly policy: ReturnType<typeof createPolicyBlocks>;
  readonly tags: AllowedTags;
  readonly options: ObserverOptions;
}

/** In-process: the decision is the whole story, so no server span is made round it. */
function embeddedObservation(
  tell: Telling,
  traceId: string,
  parent: SpanParent | undefined,
  traceState: string | undefined,
): Observation {
  return {
    decided: (fact) => recordDecision(tell, fact, traceId, parent, traceState),
    reported: (fact) => recordAttempt(tell, fact, { traceId, parent, link: undefined, traceState }),
    attempted: () => undefined,
    served: () => undefined,
    end: () => undefined,
    responseHeaders: {},
  };
}

function servedObservation(
  tell: Telling,
  arrival: Arrival,
  own: SpanIdentity,
  remote: RemoteContext | undefined,
  joined: RemoteContext | undefined,
): Observation {
  const startMs = tell.clock.nowMs();
  const tally = emptyTally();
  const self: SpanParent = { ...own, remote: false };
  const traceState = joined?.traceState;
  let payer: Attribution | undefined;
  let payerBlock: AttributeList | undefined;

  const pays = (attribution: Attribution | undefined): void => {
    const block = attribution === undefined ? UNATTRIBUTED_BLOCK : tell.attribution(attribution);
    payer = attribution;
    payerBlock = payerBlock === undefined || payerBlock === block ? block : SEVERAL_BLOCK;
  };

  return {
    responseHeaders: headersOf(arrival, own, true),
    decided(fact) {
      const { decision } = fact;
      tally.decisions += 1;
      tally.only = tally.decisions === 1 ? decision : undefined;
      tally.keyId = fact.caller.key_id;
      if (decision.estimate.kind === 'priced') {
        tally.estimateNano = (tally.estimateNano ?? 0n) + decision.estimate.cost.total_nano_usd;
      }
      pays(decision.document.attribution);
      return recordDecision(tell, fact, own.traceId, self, traceState);
    },
    reported(fact) {
      if (fact.cost.kind === 'priced') tally.costNano = (tally.costNano ?? 0n) + fact.cost.cost.total_nano_usd;
      pays(fact.attribution);
      recordAttempt(tell, fact, { traceId: own.traceId, parent: self, link: own, traceState });
    },
    attempted: () => undefined,
    served: () => undefined,
    end(failure?: Failure) {
      const { status, baggage = NO_KEYS } = tell.options;
      const attributes = serverAttributes(arrival, tally, failure, { status, baggage });
      if (tally.only !== undefined || tally.decisions === 0) setTags(attributes, payer?.tags, tell.tags);
      tell.spans.record({
        ...own,
        name: arrival.operation,
        kind: 'server',
        parent: remoteParent(joined),
        link: joined === undefined ? remote : undefined,
        traceState,
        startMs,
        endMs: tell.clock.nowMs(),
        error: failure !== undefined && isOurFault(failure.code) ? failure.code : undefined,
        shared: payerBlock === undefined ? [] : [payerBlock],
        own: attributes,
      });
    },
  };
}

const NO_KEYS: ReadonlySet<string> = new Set();
const SEVERAL_BLOCK = new AttributeList().set(ATTRIBUTE.team.name, 'several');
const UNATTRIBUTED_BLOCK = new AttributeList().set(ATTRIBUTE.team.name, UNATTRIBUTED);

function recordDecision(
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
    own: decideAttributes(fact, tell.tags),
  });
  return { traceId, spanId, operation: operationName(fact.call.operation) };
}

/** Under the span of its decision, wherever that trace began; under the report's own where the decision is not known. */
function recordAttempt(
  tell: Telling,
  fact: ReportedFact,
  here: {
    readonly traceId: string;
    readonly parent: SpanParent | undefined;
    readonly link: SpanIdentity | undefined;
    readonly traceState: string | undefined;
  },
): void {
  const { report, attribution, decidedAt, receivedAtMs } = fact;
  tell.counters.reported(report, attribution, fact.cost);
  const operation = decidedAt === undefined ? 'chat' : operationOf(decidedAt);
  const attributes = attemptAttributes(fact, operation, tell.tags);
  const failed = report.outcome !== 'ok' && report.outcome !== 'cancelled';
  tell.spans.record({
    traceId: decidedAt?.traceId ?? here.traceId,
    spanId: tell.ids.spanId(),
    name: `${operation} ${attributes.read(ATTRIBUTE.requestModel.name)}`,
    kind: 'client',
    parent: decidedAt === undefined ? here.parent : { ...decidedAt, remote: false },
    link: decidedAt === undefined ? undefined : here.link,
    traceState: decidedAt === undefined ? here.traceState : undefined,
    startMs: receivedAtMs - (report.duration_ms ?? 0),
    endMs: receivedAtMs,
    error: failed ? report.outcome : undefined,
    shared: [attribution === undefined ? UNATTRIBUTED_BLOCK : tell.attribution(attribution)],
    own: attributes,
  });
}

const operationOf = (anchor: TraceAnchor): string => ('operation' in anchor ? String(anchor.operation) : 'chat');

const remoteParent = (remote: RemoteContext | undefined): SpanParent | undefined =>
  remote === undefined ? undefined : { traceId: remote.traceId, spanId: remote.spanId, remote: true };

function headersOf(arrival: Arrival, own: SpanIdentity, sampled: boolean): Readonly<Record<string, string>> {
  if (arrival.transport === 'embedded') return {};
  return { traceparent: writeTraceparent(own.traceId, own.spanId, sampled) };
}
