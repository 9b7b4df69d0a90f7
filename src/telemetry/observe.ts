/**
 * Owns what is told of arrivals, decisions and attempts: three kinds of span, and counters that no sampling touches.
 * May import core and the observer port; never the OpenTelemetry SDK, which only `sdk/` knows.
 * It fails open: what cannot be told is left out, and never costs anybody a decision.
 */
import type { Attribution } from '../core/decision.ts';
import type { Failure } from '../core/failure.ts';
import type { Clock } from '../engine/clock.ts';
import type { Arrival } from '../flows/arrival.ts';
import type { Observation, Observer } from '../flows/observer.ts';
import { createTargetBlocks, type ServerOf } from './attempt-span.ts';
import { AttributeList } from './attribute-list.ts';
import { ATTRIBUTE } from './attributes.ts';
import { type AllowedTags, createAttributionBlocks, createPolicyBlocks, setTags } from './attribution.ts';
import type { Counters } from './counters.ts';
import { isSampled, RECORD_ALL, type Sampling } from './sampling.ts';
import { addCost, emptyTally, isOurFault, servedTally, type WireStatus, writeRequest } from './server-span.ts';
import type { SpanIdentity, SpanParent, SpanSink } from './span.ts';
import { toldReport } from './told-attempt.ts';
import {
  type Place,
  recordAttempt,
  recordDecision,
  recordReport,
  type Telling,
  UNATTRIBUTED_BLOCK,
} from './told-spans.ts';
import { type RemoteContext, readBaggage, readTraceContext, writeTraceparent } from './trace-context.ts';
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
  /** Where the providers' requests go; without it that is left out. */
  readonly serverOf?: ServerOf;
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
    reported: (fact) => counters.attempted(toldReport(fact), fact.attribution),
    attempted: ({ record, decision }) => counters.attempted(record, decision.document.attribution),
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
  const blocks = {
    attribution: createAttributionBlocks(),
    policy: createPolicyBlocks(),
    target: createTargetBlocks(options.serverOf),
    reportedTarget: createTargetBlocks(),
  };
  const tell: ServerTelling = { ...dependencies, ...blocks, tags: options.tags ?? 'all', options };

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

/** In-process: the decision is the whole story, so no server span is made round it. */
function embeddedObservation(
  tell: Telling,
  traceId: string,
  parent: SpanParent | undefined,
  traceState: string | undefined,
): Observation {
  const here: Place = { traceId, parent, link: undefined, traceState };
  return {
    decided: (fact) => recordDecision(tell, fact, traceId, parent, traceState),
    reported: (fact) => void recordReport(tell, fact, here),
    attempted: (fact) => recordAttempt(tell, fact, here),
    served: () => undefined,
    end: () => undefined,
    responseHeaders: {},
  };
}

interface ServerTelling extends Telling {
  readonly clock: Clock;
  readonly options: ObserverOptions;
}

function servedObservation(
  tell: ServerTelling,
  arrival: Arrival,
  own: SpanIdentity,
  remote: RemoteContext | undefined,
  joined: RemoteContext | undefined,
): Observation {
  const startMs = tell.clock.nowMs();
  const tally = emptyTally();
  const self: SpanParent = { ...own, remote: false };
  const traceState = joined?.traceState;
  const here: Place = { traceId: own.traceId, parent: self, link: undefined, traceState };
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
      pays(fact.attribution);
      addCost(tally, recordReport(tell, fact, { ...here, link: own }).cost);
    },
    attempted(fact) {
      // One that was given up may end after the request did.
      if (!tally.ended) addCost(tally, fact.record.cost);
      recordAttempt(tell, fact, here);
    },
    served(fact) {
      tally.served = servedTally(fact);
    },
    end(failure?: Failure) {
      const { status, baggage = NO_KEYS } = tell.options;
      const { transport, operation } = arrival;
      if (baggage.size > 0) tally.baggage = readBaggage(arrival.header('baggage'), baggage);
      tally.ended = true;
      const oneAnswer = tally.only !== undefined || tally.served !== undefined || tally.decisions === 0;
      const tags = oneAnswer ? payer?.tags : undefined;
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
        own(to) {
          writeRequest(to, { transport, operation }, tally, failure, status);
          setTags(to, tags, tell.tags);
        },
      });
    },
  };
}

const NO_KEYS: ReadonlySet<string> = new Set();
const SEVERAL_BLOCK = new AttributeList().set(ATTRIBUTE.team.name, 'several');

const remoteParent = (remote: RemoteContext | undefined): SpanParent | undefined =>
  remote === undefined ? undefined : { traceId: remote.traceId, spanId: remote.spanId, remote: true };

function headersOf(arrival: Arrival, own: SpanIdentity, sampled: boolean): Readonly<Record<string, string>> {
  if (arrival.transport === 'embedded') return {};
  return { traceparent: writeTraceparent(own.traceId, own.spanId, sampled) };
}
