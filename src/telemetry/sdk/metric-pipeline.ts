/** Metrics for the SDK's readers: pulled as Prometheus text, pushed over OTLP or to the console. */
import { ValueType } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  ConsoleMetricExporter,
  DataPointType,
  MeterProvider,
  type MetricData,
  type MetricProducer,
  MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { SCOPE_NAME } from '../attributes.ts';
import type { ExporterKind, TelemetrySettings } from '../environment.ts';
import type { Metric } from '../metrics.ts';
import { hrTime } from './readable-span.ts';

export interface MetricPipeline {
  /** Prometheus text format 0.0.4. */
  prometheusText(): Promise<string>;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface MetricPipelineOptions {
  readonly resource: Resource;
  readonly version: string;
  /** Of this process: what is pushed. */
  readonly read: () => readonly Metric[];
  /** Of every worker: what is pulled. */
  readonly readAll: () => Promise<readonly Metric[]>;
  readonly nowMs: () => number;
  /** Milliseconds since the epoch at which counting began. */
  readonly startedAtMs: number;
}

export async function openMetricPipeline(
  settings: TelemetrySettings['metrics'],
  options: MetricPipelineOptions,
): Promise<MetricPipeline> {
  const producer = producerOf(options, options.read);
  const pull = new PullReader({ metricProducers: [producerOf(options, options.readAll)] });
  const readers: MetricReader[] = [pull];
  for (const kind of settings.exporters) {
    readers.push(
      new PeriodicExportingMetricReader({
        exporter: await exporterFor(kind, settings),
        exportIntervalMillis: settings.intervalMs,
        exportTimeoutMillis: Math.min(settings.timeoutMs, settings.intervalMs),
        metricProducers: [producer],
      }),
    );
  }
  const provider = new MeterProvider({ resource: options.resource, readers });
  const serializer = new PrometheusSerializer('', false, undefined, false, true);
  return {
    prometheusText: async () => serializer.serialize((await pull.collect()).resourceMetrics),
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  };
}

/** Collects when asked and not otherwise. */
class PullReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

async function exporterFor(kind: ExporterKind, settings: TelemetrySettings['metrics']): Promise<PushMetricExporter> {
  const url = settings.url === undefined ? {} : { url: settings.url };
  if (kind === 'console') return new ConsoleMetricExporter();
  switch (settings.protocol) {
    case 'http/protobuf': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto');
      return new OTLPMetricExporter(url);
    }
    case 'grpc': {
      const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-grpc');
      return new OTLPMetricExporter(url);
    }
  }
}

/** Our own counters beside the SDK's: no second count on the hot path, no bound but ours. */
function producerOf(
  options: MetricPipelineOptions,
  read: () => readonly Metric[] | Promise<readonly Metric[]>,
): MetricProducer {
  const scope = { name: SCOPE_NAME, version: options.version };
  return {
    async collect() {
      const interval = { startTime: hrTime(options.startedAtMs), endTime: hrTime(options.nowMs()) };
      const metrics = (await read()).map((metric) => metricData(metric, interval));
      return { resourceMetrics: { resource: options.resource, scopeMetrics: [{ scope, metrics }] }, errors: [] };
    },
  };
}

function metricData(
  metric: Metric,
  interval: Pick<MetricData['dataPoints'][number], 'startTime' | 'endTime'>,
): MetricData {
  const { name, meaning: description, unit } = metric.name;
  const base = {
    descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  switch (metric.kind) {
    case 'counter':
    case 'gauge': {
      const dataPoints = metric.points.map(({ labels, value }) => ({ ...interval, attributes: { ...labels }, value }));
      return metric.kind === 'gauge'
        ? { ...base, dataPointType: DataPointType.GAUGE, dataPoints }
        : { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
    }
    case 'histogram':
      return {
        ...base,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: metric.points.map(({ labels, value }) => ({
          ...interval,
          attributes: { ...labels },
          value: {
            buckets: { boundaries: [...value.boundsS], counts: [...value.counts] },
            sum: value.sumS,
            count: value.count,
          },
        })),
      };
  }
}
