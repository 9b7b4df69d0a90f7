/** Ways out for spans: one exporter each, or all of them together. */
import type { SpanSink } from '../span.ts';

export interface Lane extends SpanSink {
  /** Sends what is queued. Rejects when an exporter could not. */
  flush(): Promise<void>;
  /** Sends nothing more: flush before. */
  shutdown(): Promise<void>;
}
