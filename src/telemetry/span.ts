/** Port: where finished spans go. `sdk/` implements it over the OpenTelemetry SDK; a test collects them in an array. */
import type { AttributeList, AttributeSink } from './attribute-list.ts';

/** What a span is called by in W3C trace context. */
export interface SpanIdentity {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
}

export interface SpanParent extends SpanIdentity {
  /** It came over a wire. */
  readonly remote: boolean;
}

export interface FinishedSpan extends SpanIdentity {
  readonly name: string;
  readonly kind: 'server' | 'internal' | 'client';
  readonly parent: SpanParent | undefined;
  readonly link: SpanIdentity | undefined;
  /** W3C `tracestate` as it came in. */
  readonly traceState: string | undefined;
  /** Milliseconds since the epoch, with fraction. */
  readonly startMs: number;
  readonly endMs: number;
  /** Set: the span is an error; the text says why and holds nothing of the caller's. */
  readonly error: string | undefined;
  /** Shared with other spans and never changed after the first use. */
  readonly shared: readonly AttributeList[];
  /** Writes the others. Asked later, or never, or twice: what it reads must not change. */
  readonly own: (to: AttributeSink) => void;
}

export interface SpanSink {
  record(span: FinishedSpan): void;
}

/** Spans that never left this process. */
export interface SpanLosses {
  /** The queue to the exporter was full. */
  queueFull: number;
  /** The exporter gave up on them. */
  exportFailed: number;
}
