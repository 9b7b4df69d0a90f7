/** A finished span as the SDK's processors and exporters read it. Its attributes become an object only when asked. */
import {
  type Attributes,
  createTraceState,
  type HrTime,
  type Link,
  type SpanContext,
  SpanKind,
  type SpanStatus,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { AttributeList, type AttributeValue } from '../attribute-list.ts';
import type { FinishedSpan, SpanIdentity } from '../span.ts';

/** What all spans of a process share. */
export interface SpanFrame {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly limits: { readonly count: number; readonly valueChars: number };
}

const KINDS: Readonly<Record<FinishedSpan['kind'], SpanKind>> = {
  server: SpanKind.SERVER,
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
};
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const NO_EVENTS: TimedEvent[] = [];
const NO_LINKS: Link[] = [];

export class ExportableSpan implements ReadableSpan {
  readonly ended = true;
  readonly events: TimedEvent[] = NO_EVENTS;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly parentSpanContext?: SpanContext;
  readonly finished: FinishedSpan;
  readonly #frame: SpanFrame;
  #attributes: Attributes | undefined;
  #own: AttributeList | undefined;

  constructor(finished: FinishedSpan, frame: SpanFrame) {
    this.finished = finished;
    this.#frame = frame;
    const { parent } = finished;
    if (parent !== undefined) this.parentSpanContext = contextOf(parent, undefined, parent.remote);
  }

  get name(): string {
    return this.finished.name;
  }
  get kind(): SpanKind {
    return KINDS[this.finished.kind];
  }
  get resource(): Resource {
    return this.#frame.resource;
  }
  get instrumentationScope(): InstrumentationScope {
    return this.#frame.scope;
  }
  get startTime(): HrTime {
    return hrTime(this.finished.startMs);
  }
  get endTime(): HrTime {
    return hrTime(this.finished.endMs);
  }
  get duration(): HrTime {
    return hrTime(Math.max(0, this.finished.endMs - this.finished.startMs));
  }
  get status(): SpanStatus {
    const { error } = this.finished;
    return error === undefined ? UNSET : { code: SpanStatusCode.ERROR, message: error };
  }
  get links(): Link[] {
    const { link } = this.finished;
    return link === undefined ? NO_LINKS : [{ context: contextOf(link, undefined, false) }];
  }
  get attributes(): Attributes {
    this.#attributes ??= this.#collect();
    return this.#attributes;
  }
  get droppedAttributesCount(): number {
    const total = this.finished.shared.reduce((sum, list) => sum + list.keys.length, this.#ownList().keys.length);
    return Math.max(0, total - this.#frame.limits.count);
  }

  spanContext(): SpanContext {
    return contextOf(this.finished, this.finished.traceState, false);
  }

  #ownList(): AttributeList {
    if (this.#own === undefined) {
      this.#own = new AttributeList();
      this.finished.own(this.#own);
    }
    return this.#own;
  }

  #collect(): Attributes {
    const { limits } = this.#frame;
    const attributes: Attributes = {};
    let count = 0;
    for (const list of [...this.finished.shared, this.#ownList()]) {
      for (const [index, key] of list.keys.entries()) {
        const value = list.values[index];
        if (value === undefined || count >= limits.count) continue;
        attributes[key] = mutable(cutValue(value, limits.valueChars));
        count += 1;
      }
    }
    return attributes;
  }
}

function contextOf(identity: SpanIdentity, traceState: string | undefined, isRemote: boolean): SpanContext {
  return {
    traceId: identity.traceId,
    spanId: identity.spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote,
    ...(traceState === undefined ? {} : { traceState: createTraceState(traceState) }),
  };
}

/** Milliseconds with fraction as seconds and nanoseconds; a double holds the epoch to a quarter of a microsecond. */
export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return nanos >= 1e9 ? [seconds + 1, nanos - 1e9] : [seconds, nanos];
}

/** Text cut to the limit of the SDK's specification, in lists too. */
export function cutValue(value: AttributeValue, maxChars: number): AttributeValue {
  if (typeof value === 'number' || typeof value === 'boolean' || maxChars === Number.POSITIVE_INFINITY) return value;
  if (typeof value === 'string') return value.length > maxChars ? value.slice(0, maxChars) : value;
  return value.map((text) => (text.length > maxChars ? text.slice(0, maxChars) : text));
}

/** The API's type wants a list that it may change. */
const mutable = (value: AttributeValue): string | number | boolean | string[] =>
  typeof value === 'object' ? [...value] : value;
