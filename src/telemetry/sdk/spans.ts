/** From finished spans to exporters, through the SDK's batch processor. Loaded only where something is exported. */
import { ExportResultCode } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { SCOPE_NAME } from '../attributes.ts';
import type { BatchSettings, ExporterKind, TelemetrySettings } from '../environment.ts';
import type { FinishedSpan, SpanLosses, SpanSink } from '../span.ts';
import { ExportableSpan, type SpanFrame } from './readable-span.ts';

export interface SpanPipeline extends SpanSink {
  /** Sends what is queued. Rejects when an exporter could not. */
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface PipelineOptions {
  readonly resource: Resource;
  readonly version: string;
  /** Is counted up when spans are lost. */
  readonly losses: SpanLosses;
}

export async function openSpanPipeline(
  settings: TelemetrySettings['traces'],
  options: PipelineOptions,
): Promise<SpanPipeline> {
  const frame: SpanFrame = {
    resource: options.resource,
    scope: { name: SCOPE_NAME, version: options.version },
    limits: settings.limits,
  };
  const lanes: Lane[] = [];
  for (const kind of settings.exporters) lanes.push(await laneFor(kind, settings, frame, options.losses));
  return pipelineOf(lanes, frame);
}

/** One way out for spans. */
export interface Lane {
  readonly processor: SpanProcessor;
  /** @returns false when there is no room: the span is lost */
  admit(): boolean;
}

export function pipelineOf(lanes: readonly Lane[], frame: SpanFrame): SpanPipeline {
  const all = async (run: (processor: SpanProcessor) => Promise<void>): Promise<void> => {
    await Promise.all(lanes.map((lane) => run(lane.processor)));
  };
  return {
    record(finished: FinishedSpan) {
      const span = new ExportableSpan(finished, frame);
      for (const lane of lanes) if (lane.admit()) lane.processor.onEnd(span);
    },
    flush: () => all((processor) => processor.forceFlush()),
    shutdown: () => all((processor) => processor.shutdown()),
  };
}

async function laneFor(
  kind: ExporterKind,
  settings: TelemetrySettings['traces'],
  frame: SpanFrame,
  losses: SpanLosses,
): Promise<Lane> {
  switch (kind) {
    case 'console':
      return { processor: new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() }), admit: () => true };
    case 'otlp':
      return batchingLane(await otlpExporter(settings, frame), settings.batch, losses);
  }
}

/** The batch processor drops in silence when its queue is full, so the door before it counts: what it lets in fits. */
export function batchingLane(exporter: SpanExporter, batch: BatchSettings, losses: SpanLosses): Lane {
  let queued = 0;
  const counting: SpanExporter = {
    export(spans, done) {
      queued -= spans.length;
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) losses.exportFailed += spans.length;
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
  const processor = new BatchSpanProcessor({
    exporter: counting,
    scheduledDelayMillis: batch.delayMs,
    maxQueueSize: batch.queueSize,
    maxExportBatchSize: batch.batchSize,
    exportTimeoutMillis: batch.timeoutMs,
  });
  return {
    processor,
    admit() {
      if (queued >= batch.queueSize) {
        losses.queueFull += 1;
        return false;
      }
      queued += 1;
      return true;
    },
  };
}

async function otlpExporter(settings: TelemetrySettings['traces'], frame: SpanFrame): Promise<SpanExporter> {
  // At shutdown the whole queue leaves at once: an exporter that bounds requests in flight lower would drop the rest.
  const concurrencyLimit = Math.ceil(settings.batch.queueSize / settings.batch.batchSize) + 2;
  const url = settings.url === undefined ? {} : { url: settings.url };
  switch (settings.protocol) {
    case 'http/protobuf': {
      const { otlpHttpExporter } = await import('./otlp-http-exporter.ts');
      return otlpHttpExporter(frame, { ...url, concurrencyLimit });
    }
    case 'grpc': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
      return new OTLPTraceExporter({ ...url, concurrencyLimit });
    }
  }
}
