/** Owns the SDK's objects of one process; with its siblings the only importer of the OpenTelemetry SDK. */
import { randomUUID } from 'node:crypto';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { TelemetrySettings } from '../environment.ts';
import type { SpanLosses } from '../span.ts';
import type { Lane } from './lane.ts';
import { type MetricPipeline, type MetricPipelineOptions, openMetricPipeline } from './metric-pipeline.ts';
import { openSpanPipeline } from './spans.ts';

export interface PipelinesOptions extends Omit<MetricPipelineOptions, 'resource'> {
  readonly losses: SpanLosses;
  readonly warn: ((message: string) => void) | undefined;
}

const QUIET_MS = 1000;

export async function openPipelines(
  settings: TelemetrySettings,
  options: PipelinesOptions,
): Promise<{ readonly spans: Lane | undefined; readonly metrics: MetricPipeline }> {
  if (options.warn !== undefined) tellLosses(options.warn, options.nowMs);
  const resource = resourceOf(settings, options.version);
  const nowhere = new Set<never>();
  const { disabled } = settings;
  const pushed = disabled ? { ...settings.metrics, exporters: nowhere } : settings.metrics;
  const metrics = await openMetricPipeline(pushed, { ...options, resource });
  const spans =
    disabled || settings.traces.exporters.size === 0
      ? undefined
      : await openSpanPipeline(settings.traces, { resource, version: options.version, losses: options.losses });
  return { spans, metrics };
}

function resourceOf(settings: TelemetrySettings, version: string): Resource {
  return defaultResource().merge(
    resourceFromAttributes({
      'service.version': version,
      'service.instance.id': randomUUID(),
      ...Object.fromEntries(settings.resource),
    }),
  );
}

/** The SDK tells what it lost to its diagnostic log and its error handler only, which nobody reads by default. */
function tellLosses(warn: (message: string) => void, nowMs: () => number): void {
  let quietUntilMs = 0;
  const tell = (message: string): void => {
    if (nowMs() < quietUntilMs) return;
    quietUntilMs = nowMs() + QUIET_MS;
    warn(`telemetry: ${message.replaceAll(/\s+/g, ' ').slice(0, 300)}`);
  };
  // Its default writes whole errors, stack and all, to the same log.
  setGlobalErrorHandler((reason) => tell(reason instanceof Error ? reason.message : String(reason)));
  const silent = (): void => undefined;
  diag.setLogger(
    { error: tell, warn: tell, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
