/**
 * The standard `OTEL_*` variables and the options of `turnpike.yaml`, as one set of settings: a variable wins over an
 * option, an option over the default. Every fault is found before any is told. Nothing leaves the machine unasked.
 */
import { Failure } from '../core/failure.ts';
import { type Environment, VariableReader } from './environment-reader.ts';
import type { Sampling } from './sampling.ts';

export type ExporterKind = 'otlp' | 'console';
export type OtlpProtocol = 'http/protobuf' | 'grpc';

export interface SignalSettings {
  readonly exporters: ReadonlySet<ExporterKind>;
  readonly protocol: OtlpProtocol;
  /** Absent: the exporter's own default on this machine. */
  readonly url: string | undefined;
}

export interface BatchSettings {
  readonly delayMs: number;
  readonly queueSize: number;
  readonly batchSize: number;
  readonly timeoutMs: number;
}

export interface TelemetrySettings {
  readonly disabled: boolean;
  readonly resource: ReadonlyMap<string, string>;
  readonly sampling: Sampling;
  readonly traces: SignalSettings & {
    readonly batch: BatchSettings;
    /** Most attributes of a span, and most characters of a text value. */
    readonly limits: { readonly count: number; readonly valueChars: number };
  };
  readonly metrics: SignalSettings & { readonly intervalMs: number; readonly timeoutMs: number };
  readonly propagators: { readonly traceContext: boolean; readonly baggage: boolean };
}

/** What `turnpike.yaml` says under `telemetry`. */
export interface SettingsOptions {
  /** Where spans go; default `none`, or `otlp` when an endpoint is set. */
  readonly traces?: ExporterKind | 'none';
  /** Where metrics are pushed; `/metrics` is served all the same. */
  readonly metrics?: ExporterKind | 'none';
  /** Base URL of an OTLP receiver, such as `http://127.0.0.1:4318`. */
  readonly endpoint?: string;
  /** Default `http/protobuf`. */
  readonly protocol?: OtlpProtocol;
  /** Share of traces to record, 0 to 1; default 1. */
  readonly sampleRatio?: number;
  /** Let the caller's `sampled` flag decide, both ways; default false. */
  readonly followParent?: boolean;
  /** Default `turnpike`. */
  readonly serviceName?: string;
}

const SAMPLERS = ['always_on', 'always_off', 'traceidratio'] as const;
const PARENT_SAMPLERS = ['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const;
const MAX_DELAY_MS = 3_600_000;

/** @throws Failure `config_invalid` naming every variable, the rule it breaks and its value */
export function readTelemetrySettings(options: SettingsOptions, env: Environment): TelemetrySettings {
  const read = new VariableReader(env);
  const settings: TelemetrySettings = {
    disabled: read.flag('OTEL_SDK_DISABLED') ?? false,
    resource: readResource(read, options),
    sampling: readSampling(read, options),
    traces: { ...readSignal(read, 'TRACES', options), batch: readBatch(read), limits: readLimits(read) },
    metrics: {
      ...readSignal(read, 'METRICS', options),
      intervalMs: read.integer('OTEL_METRIC_EXPORT_INTERVAL', 1, MAX_DELAY_MS) ?? 60_000,
      timeoutMs: read.integer('OTEL_METRIC_EXPORT_TIMEOUT', 1, MAX_DELAY_MS) ?? 10_000,
    },
    propagators: readPropagators(read),
  };
  checkExporterVariables(read);
  const [first, ...more] = read.faults;
  if (first === undefined) return settings;
  const also = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw new Failure('config_invalid', `${first.at}: ${first.message}${also}`, { faults: read.faults });
}

function readResource(read: VariableReader, options: SettingsOptions): ReadonlyMap<string, string> {
  const resource = new Map([['service.name', options.serviceName ?? 'turnpike']]);
  for (const [key, value] of read.pairs('OTEL_RESOURCE_ATTRIBUTES') ?? []) resource.set(key, value);
  const name = read.text('OTEL_SERVICE_NAME');
  if (name !== undefined) resource.set('service.name', name);
  return resource;
}

/** A `parentbased_*` sampler is the operator's word that callers may decide; nothing else is. */
function readSampling(read: VariableReader, options: SettingsOptions): Sampling {
  const followParent = options.followParent ?? false;
  const asked = read.oneOf('OTEL_TRACES_SAMPLER', [...SAMPLERS, ...PARENT_SAMPLERS]);
  const argument = read.number('OTEL_TRACES_SAMPLER_ARG', 0, 1);
  if (asked === undefined) return { ratio: options.sampleRatio ?? 1, followParent };
  const ratio = asked.endsWith('always_on') ? 1 : asked.endsWith('always_off') ? 0 : (argument ?? 1);
  return { ratio, followParent: asked.startsWith('parentbased_') };
}

function readSignal(read: VariableReader, signal: 'TRACES' | 'METRICS', options: SettingsOptions): SignalSettings {
  const protocols = ['http/protobuf', 'grpc'] as const;
  const protocol =
    read.oneOf(`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, protocols) ??
    read.oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', protocols) ??
    options.protocol ??
    'http/protobuf';
  const own = read.url(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`);
  const base = read.url('OTEL_EXPORTER_OTLP_ENDPOINT') ?? options.endpoint;
  // The path belongs to the base only: a signal's own endpoint is used as it stands, says the specification.
  const path = protocol === 'grpc' ? '' : `/v1/${signal.toLowerCase()}`;
  const url = own ?? (base === undefined ? undefined : base.replace(/\/+$/, '') + path);
  const asked = read.listOf(`OTEL_${signal}_EXPORTER`, ['otlp', 'console', 'prometheus', 'none']);
  const option = signal === 'TRACES' ? options.traces : options.metrics;
  const names = asked ?? [option ?? (url === undefined ? 'none' : 'otlp')];
  const exporters = new Set(names.filter((name): name is ExporterKind => name === 'otlp' || name === 'console'));
  return { exporters, protocol, url };
}

function readBatch(read: VariableReader): BatchSettings {
  const queueSize = read.integer('OTEL_BSP_MAX_QUEUE_SIZE', 1, 1_000_000) ?? 16_384;
  return {
    delayMs: read.integer('OTEL_BSP_SCHEDULE_DELAY', 0, MAX_DELAY_MS) ?? 1000,
    queueSize,
    // Small: a batch is serialized in one go, and calls wait for it.
    batchSize: read.integer('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 1, queueSize) ?? Math.min(256, queueSize),
    timeoutMs: read.integer('OTEL_BSP_EXPORT_TIMEOUT', 1, MAX_DELAY_MS) ?? 10_000,
  };
}

function readLimits(read: VariableReader): TelemetrySettings['traces']['limits'] {
  const most = Number.MAX_SAFE_INTEGER;
  const limit = (name: string): number | undefined =>
    read.integer(`OTEL_SPAN_ATTRIBUTE_${name}_LIMIT`, 1, most) ?? read.integer(`OTEL_ATTRIBUTE_${name}_LIMIT`, 1, most);
  return { count: limit('COUNT') ?? 128, valueChars: limit('VALUE_LENGTH') ?? Number.POSITIVE_INFINITY };
}

function readPropagators(read: VariableReader): TelemetrySettings['propagators'] {
  const names = read.listOf('OTEL_PROPAGATORS', ['tracecontext', 'baggage', 'none']) ?? ['tracecontext', 'baggage'];
  return { traceContext: names.includes('tracecontext'), baggage: names.includes('baggage') };
}

/** The exporters read these themselves and only warn; a typing error in them should stop a start instead. */
function checkExporterVariables(read: VariableReader): void {
  for (const infix of ['', 'TRACES_', 'METRICS_']) {
    read.integer(`OTEL_EXPORTER_OTLP_${infix}TIMEOUT`, 1, MAX_DELAY_MS);
    read.oneOf(`OTEL_EXPORTER_OTLP_${infix}COMPRESSION`, ['gzip', 'none']);
    read.secretPairs(`OTEL_EXPORTER_OTLP_${infix}HEADERS`);
  }
}
