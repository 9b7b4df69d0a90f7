/**
 * Finished spans on their way to a collector: a few at a time they become bytes, those become batches, and one batch is
 * sent after the other. What a span is made of is let go within milliseconds of load, not when its batch leaves: objects
 * that live for seconds are copied by every collection of garbage. Bounds and times are those of the SDK's batch
 * processor, read from the same variables.
 */
import { context } from '@opentelemetry/api';
import { globalErrorHandler, suppressTracing } from '@opentelemetry/core';
import type { BatchSettings } from '../environment.ts';
import type { FinishedSpan, SpanLosses } from '../span.ts';
import type { Lane } from './lane.ts';
import { createSpanEncoder } from './otlp-spans.ts';
import type { SpanFrame } from './readable-span.ts';

/** An `ExportTraceServiceRequest`. */
export interface EncodedBatch {
  readonly spans: number;
  readonly bytes: Uint8Array;
}

export interface BatchExporter {
  /** `done` is called once, with what went wrong. */
  export(batch: EncodedBatch, done: (error: Error | undefined) => void): void;
  shutdown(): Promise<void>;
}

/** Written one behind the other, since code and data of the encoder are in the core's caches then. */
const WRITTEN_TOGETHER = 64;

export function otlpLane(
  frame: SpanFrame,
  exporter: BatchExporter,
  { queueSize, batchSize, delayMs, timeoutMs }: BatchSettings,
  losses: SpanLosses,
): Lane {
  const encoder = createSpanEncoder(frame);
  const ready: EncodedBatch[] = [];
  let unwritten: FinishedSpan[] = [];
  /** Taken in and not handed to the exporter. */
  let queued = 0;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  /** Who waits for everything is told of failures; nobody else does, so they go to the log. */
  const waiting = new Set<{ error: Error | undefined }>();

  const endBatch = (): void => {
    const { count } = encoder;
    if (count > 0) ready.push({ spans: count, bytes: encoder.take() });
  };

  const write = (): void => {
    for (const span of unwritten) {
      try {
        encoder.add(span);
      } catch (reason) {
        queued -= 1;
        lost(1, reason);
      }
      if (encoder.count >= batchSize) endBatch();
    }
    unwritten = [];
  };

  const lost = (spans: number, reason: unknown): void => {
    losses.exportFailed += spans;
    const error = reason instanceof Error ? reason : new Error(String(reason));
    if (waiting.size === 0) globalErrorHandler(error);
    for (const who of waiting) who.error ??= error;
  };

  const sendAll = async (): Promise<void> => {
    for (let batch = ready.shift(); batch !== undefined; batch = ready.shift()) {
      queued -= batch.spans;
      const error = await sent(exporter, batch, timeoutMs);
      if (error !== undefined) lost(batch.spans, error);
    }
    sending = undefined;
  };

  const sendEverything = (): void => {
    clearTimeout(timer);
    timer = undefined;
    write();
    endBatch();
    if (ready.length > 0) sending ??= sendAll();
  };

  return {
    record(span) {
      if (queued >= queueSize) {
        losses.queueFull += 1;
        return;
      }
      queued += 1;
      unwritten.push(span);
      if (unwritten.length >= Math.min(WRITTEN_TOGETHER, batchSize)) {
        write();
        if (ready.length > 0) sending ??= sendAll();
      }
      timer ??= setTimeout(sendEverything, delayMs).unref();
    },
    async flush() {
      const who: { error: Error | undefined } = { error: undefined };
      waiting.add(who);
      sendEverything();
      await sending;
      waiting.delete(who);
      if (who.error !== undefined) throw who.error;
    },
    shutdown: () => exporter.shutdown(),
  };
}

/** @returns what went wrong */
function sent(exporter: BatchExporter, batch: EncodedBatch, timeoutMs: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const done = (error: Error | undefined): void => {
      clearTimeout(timer);
      resolve(error);
    };
    // Where the process traces its own requests, these are not to be traced, or there would be no end of them.
    context.with(suppressTracing(context.active()), () => exporter.export(batch, done));
  });
}
