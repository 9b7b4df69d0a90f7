/**
 * Owns telemetry as a process has it: settings, counters, the observer, and the OpenTelemetry SDK behind them, which
 * is loaded only when something is exported or read. May import core and the observer port; compose starts it.
 * A bad setting is a Failure before anything starts; later it fails open: what cannot be sent is dropped and counted.
 */
import { randomFillSync } from 'node:crypto';
import type { TargetFact } from '../core/facts.ts';
import type { Clock, RandomSource } from '../engine/clock.ts';
import type { Observer } from '../flows/observer.ts';
import type { ServerOf } from './attempt-span.ts';
import { createCounters } from './counters.ts';
import { readTelemetrySettings, type SettingsOptions, type TelemetrySettings } from './environment.ts';
import type { Environment } from './environment-reader.ts';
import { mergeMetrics } from './merged-metrics.ts';
import { type Metric, type MetricsSource, type PolicyFreshness, readMetrics } from './metrics.ts';
import { createObserver, type ObserverOptions } from './observe.ts';
import type { Lane } from './sdk/lane.ts';
import type { MetricPipeline } from './sdk/metric-pipeline.ts';
import type { WireStatus } from './server-span.ts';
import type { SpanLosses } from './span.ts';
import { createTraceIds } from './trace-ids.ts';

export interface TelemetryOptions extends SettingsOptions {
  /** See `ObserverOptions.remoteContext`. */
  readonly remoteContext?: 'parent' | 'link' | 'ignore';
  /** Tags that may appear on spans; default every tag that policy attributed, within the bounds. */
  readonly tags?: readonly string[];
  /** Baggage keys that may appear on server spans; default none. */
  readonly baggage?: readonly string[];
  /** Version of the product, for the resource and the scope. */
  readonly version?: string;
}

/** What other rooms give: each may be left out. */
export interface TelemetryDependencies {
  readonly clock?: Clock;
  readonly random?: RandomSource;
  /** Status codes of the transports. */
  readonly status?: WireStatus;
  /** Where the providers' requests go. */
  readonly serverOf?: ServerOf;
  /** State of the serving policy. */
  readonly policy?: () => PolicyFreshness;
  /** Health of every target that is not nominal: what the breakers' gauge is read from. */
  readonly targets?: () => Readonly<Record<string, TargetFact>>;
  /** Metrics of the other workers of a cluster: what is read here is read of all, what is pushed is each worker's own. */
  readonly others?: () => Promise<readonly (readonly Metric[])[]>;
  /** Is told, at most once a second, when telemetry is lost. */
  readonly warn?: (message: string) => void;
}

export interface Telemetry {
  readonly observer: Observer;
  /** Every metric as Prometheus text. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** What this process itself counted, for the worker that is asked for all. */
  own(): readonly Metric[];
  /** Sends what is queued; for tests and for a process that is about to be asked for its traces. */
  flush(): Promise<void>;
  /** Sends what is queued and stops; gives up after `timeoutMs`. Never rejects. */
  shutdown(timeoutMs: number): Promise<void>;
}

const CALLERS_DECIDE =
  'telemetry: sampling follows the parent, so a caller can leave its own calls out of traces; metrics count them';
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

/** @throws Failure `config_invalid` naming every variable, the rule it breaks and its value */
export async function startTelemetry(
  options: TelemetryOptions,
  env: Environment,
  dependencies: TelemetryDependencies = {},
): Promise<Telemetry> {
  const settings = readTelemetrySettings(options, env);
  if (settings.sampling.followParent) dependencies.warn?.(CALLERS_DECIDE);
  const clock = dependencies.clock ?? SYSTEM_CLOCK;
  const counters = createCounters();
  const losses: SpanLosses = { queueFull: 0, exportFailed: 0 };
  const { policy, targets } = dependencies;
  const source: MetricsSource = { counters, losses, policy, targets, nowMs: () => clock.nowMs() };
  const { others, warn } = dependencies;
  const open = opener(settings, options, { source, losses, others, warn });

  const exporting = !settings.disabled && (settings.traces.exporters.size > 0 || settings.metrics.exporters.size > 0);
  let pipelines = exporting ? open() : undefined;
  const { spans } = (await pipelines) ?? {};

  return {
    observer: createObserver(
      { counters, spans, ids: createTraceIds(dependencies.random ?? SYSTEM_RANDOM), clock },
      observerOptions(settings, options, dependencies),
    ),
    async metrics() {
      pipelines ??= open();
      return { contentType: PROMETHEUS, body: await (await pipelines).metrics.prometheusText() };
    },
    own: () => readMetrics(source),
    async flush() {
      const opened = await pipelines;
      await Promise.all([opened?.spans?.flush(), opened?.metrics.flush()]);
    },
    async shutdown(timeoutMs) {
      const opened = await pipelines;
      if (opened === undefined) return;
      // Spans first: what the queue dropped is then still counted by the metrics that leave last.
      await bounded(timeoutMs, dependencies.warn, async () => {
        await opened.spans?.shutdown();
        await opened.metrics.shutdown();
      });
    },
  };
}

interface Pipelines {
  readonly spans: Lane | undefined;
  readonly metrics: MetricPipeline;
}

function opener(
  settings: TelemetrySettings,
  options: TelemetryOptions,
  ends: {
    readonly source: MetricsSource;
    readonly losses: SpanLosses;
    readonly others: TelemetryDependencies['others'];
    readonly warn: ((message: string) => void) | undefined;
  },
): () => Promise<Pipelines> {
  const { source, losses, others, warn } = ends;
  const startedAtMs = source.nowMs();
  return async () => {
    const { openPipelines } = await import('./sdk/pipelines.ts');
    return openPipelines(settings, {
      version: options.version ?? '0.0.0',
      read: () => readMetrics(source),
      readAll: async () =>
        others === undefined ? readMetrics(source) : mergeMetrics([readMetrics(source), ...(await others())]),
      nowMs: source.nowMs,
      startedAtMs,
      losses,
      warn,
    });
  };
}

function observerOptions(
  settings: TelemetrySettings,
  options: TelemetryOptions,
  { status, serverOf }: Pick<TelemetryDependencies, 'status' | 'serverOf'>,
): ObserverOptions {
  const { propagators } = settings;
  return {
    sampling: settings.sampling,
    remoteContext: propagators.traceContext ? (options.remoteContext ?? 'parent') : 'ignore',
    tags: options.tags === undefined ? 'all' : new Set(options.tags),
    baggage: new Set(propagators.baggage ? (options.baggage ?? []) : []),
    ...(status === undefined ? {} : { status }),
    ...(serverOf === undefined ? {} : { serverOf }),
  };
}

async function bounded(
  timeoutMs: number,
  warn: ((message: string) => void) | undefined,
  run: () => Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`not everything was sent within ${timeoutMs} ms`), timeoutMs);
  });
  const problem = await Promise.race([late, run().then(() => undefined, describe)]);
  clearTimeout(timer);
  if (problem !== undefined) warn?.(`telemetry: ${problem}`);
}

const describe = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

const SYSTEM_CLOCK: Clock = { nowMs: () => performance.timeOrigin + performance.now() };
const SYSTEM_RANDOM: RandomSource = { fill: (buffer) => void randomFillSync(buffer) };
