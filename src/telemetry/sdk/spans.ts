/** From finished spans to exporters. Loaded only where something is exported. */
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
import type { FinishedSpan, SpanLosses } from '../span.ts';
import type { Lane } from './lane.ts';
import { ExportableSpan, type SpanFrame } from './readable-span.ts';

export interface PipelineOptions {
  readonly resource: Resource;
  readonly version: string;
  /** Is counted up when spans are lost. */
  readonly losses: SpanLosses;
}

export async function openSpanPipeline(settings: TelemetrySettings['traces'], options: PipelineOptions): Promise<Lane> {
  const frame: SpanFrame = {
    resource: options.resource,
    scope: { name: SCOPE_NAME, version: options.version },
    limits: settings.limits,
  };
  const lanes: Lane[] = [];
  for (const kind of settings.exporters) lanes.push(await laneFor(kind, settings, frame, options.losses));
  return pipelineOf(lanes);
}

export function pipelineOf(lanes: readonly Lane[]): Lane {
  const all = async (run: (lane: Lane) => Promise<void>): Promise<void> => {
    await Promise.all(lanes.map(run));
  };
  return {
    record(span: FinishedSpan) {
      for (const lane of lanes) lane.record(span);
    },
    flush: () => all((lane) => lane.flush()),
    async shutdown() {
      try {
        await all((lane) => lane.flush());
      } finally {
        await all((lane) => lane.shutdown());
      }
    },
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
      return sdkLane(new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() }), frame, () => true);
    case 'otlp':
      return otlpLaneFor(settings, frame, losses);
  }
}

async function otlpLaneFor(
  { url, protocol, batch }: TelemetrySettings['traces'],
  frame: SpanFrame,
  losses: SpanLosses,
): Promise<Lane> {
  const place = url === undefined ? {} : { url };
  switch (protocol) {
    case 'http/protobuf': {
      const [{ otlpHttpExporter }, { otlpLane }] = await Promise.all([
        import('./otlp-http-exporter.ts'),
        import('./otlp-lane.ts'),
      ]);
      return otlpLane(frame, otlpHttpExporter(place), batch, losses);
    }
    case 'grpc': {
      const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
      // At shutdown the whole queue leaves at once: with a lower bound of requests in flight the rest would be dropped.
      const concurrencyLimit = Math.ceil(batch.queueSize / batch.batchSize) + 2;
      return batchingLane(new OTLPTraceExporter({ ...place, concurrencyLimit }), frame, batch, losses);
    }
  }
}

/** Over a processor of the SDK. @param admit false where there is no room: the span is lost */
function sdkLane(processor: SpanProcessor, frame: SpanFrame, admit: () => boolean): Lane {
  return {
    record(span) {
      if (admit()) processor.onEnd(new ExportableSpan(span, frame));
    },
    flush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}

/** The batch processor drops in silence when its queue is full, so the door before it counts: what it lets in fits. */
export function batchingLane(exporter: SpanExporter, frame: SpanFrame, batch: BatchSettings, losses: SpanLosses): Lane {
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
  return sdkLane(processor, frame, () => {
    if (queued >= batch.queueSize) {
      losses.queueFull += 1;
      return false;
    }
    queued += 1;
    return true;
  });
}
