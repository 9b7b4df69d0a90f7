import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import {
  readTelemetrySettings,
  type SettingsOptions,
  type TelemetrySettings,
} from '../../src/telemetry/environment.ts';
import type { Environment } from '../../src/telemetry/environment-reader.ts';

interface Case {
  readonly name: string;
  readonly env: Environment;
  readonly options?: SettingsOptions;
  readonly read: (settings: TelemetrySettings) => unknown;
  readonly wanted: unknown;
}

const exporters = (settings: TelemetrySettings): unknown => [
  [...settings.traces.exporters],
  [...settings.metrics.exporters],
];
const urls = (settings: TelemetrySettings): unknown => [settings.traces.url, settings.metrics.url];

const cases: readonly Case[] = [
  { name: 'sends nothing anywhere unasked', env: {}, read: exporters, wanted: [[], []] },
  {
    name: 'sends both signals when an endpoint is set',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' },
    read: (settings) => [exporters(settings), urls(settings)],
    wanted: [
      [['otlp'], ['otlp']],
      ['http://collector:4318/v1/traces', 'http://collector:4318/v1/metrics'],
    ],
  },
  {
    name: "uses a signal's own endpoint as it stands",
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/in' },
    read: (settings) => [exporters(settings), urls(settings)],
    wanted: [
      [['otlp'], []],
      ['http://collector:4318/in', undefined],
    ],
  },
  {
    name: 'adds no path for gRPC',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    read: (settings) => [settings.traces.protocol, urls(settings)],
    wanted: ['grpc', ['http://collector:4317', 'http://collector:4317']],
  },
  {
    name: "prefers a signal's own protocol",
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf' },
    read: (settings) => [settings.traces.protocol, settings.metrics.protocol],
    wanted: ['grpc', 'http/protobuf'],
  },
  {
    name: 'takes a list of exporters',
    env: { OTEL_TRACES_EXPORTER: 'otlp,console', OTEL_METRICS_EXPORTER: 'prometheus' },
    read: exporters,
    wanted: [['otlp', 'console'], []],
  },
  {
    name: 'lets a variable win over the file',
    env: { OTEL_TRACES_EXPORTER: 'none' },
    options: { traces: 'otlp', metrics: 'console', endpoint: 'http://127.0.0.1:4318' },
    read: exporters,
    wanted: [[], ['console']],
  },
  {
    name: 'takes the endpoint of the file',
    env: {},
    options: { endpoint: 'http://127.0.0.1:4318' },
    read: urls,
    wanted: ['http://127.0.0.1:4318/v1/traces', 'http://127.0.0.1:4318/v1/metrics'],
  },
  { name: 'can be switched off', env: { OTEL_SDK_DISABLED: 'TRUE' }, read: ({ disabled }) => disabled, wanted: true },
  {
    name: 'counts an empty variable as unset',
    env: { OTEL_SDK_DISABLED: '', OTEL_TRACES_SAMPLER: ' ', OTEL_BSP_MAX_QUEUE_SIZE: '' },
    read: ({ disabled, sampling, traces }) => [disabled, sampling.ratio, traces.batch.queueSize],
    wanted: [false, 1, 16_384],
  },
  {
    name: 'names the service',
    env: {
      OTEL_SERVICE_NAME: 'gate',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=a%20b',
    },
    read: ({ resource }) => Object.fromEntries(resource),
    wanted: { 'service.name': 'gate', 'deployment.environment.name': 'a b' },
  },
  {
    name: 'samples a share',
    env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
    read: ({ sampling }) => sampling,
    wanted: { ratio: 0.25, followParent: false },
  },
  {
    name: 'takes a parent-based sampler for the word of the operator that callers decide',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_always_on' },
    read: ({ sampling }) => sampling,
    wanted: { ratio: 1, followParent: true },
  },
  {
    name: 'takes the root of a parent-based sampler where no caller says anything',
    env: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
    read: ({ sampling }) => sampling,
    wanted: { ratio: 0, followParent: true },
  },
  {
    name: 'follows the parent where the file says so',
    env: {},
    options: { followParent: true, sampleRatio: 0.5 },
    read: ({ sampling }) => sampling,
    wanted: { ratio: 0.5, followParent: true },
  },
  {
    name: 'sets the batch',
    env: {
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_BSP_MAX_QUEUE_SIZE: '100',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '50',
      OTEL_BSP_EXPORT_TIMEOUT: '3000',
    },
    read: ({ traces }) => traces.batch,
    wanted: { delayMs: 200, queueSize: 100, batchSize: 50, timeoutMs: 3000 },
  },
  {
    name: 'keeps the batch within a small queue',
    env: { OTEL_BSP_MAX_QUEUE_SIZE: '10' },
    read: ({ traces }) => traces.batch.batchSize,
    wanted: 10,
  },
  {
    name: 'bounds attributes',
    env: { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '20', OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '64' },
    read: ({ traces }) => traces.limits,
    wanted: { count: 20, valueChars: 64 },
  },
  {
    name: 'reads no context with no propagator',
    env: { OTEL_PROPAGATORS: 'none' },
    read: ({ propagators }) => propagators,
    wanted: { traceContext: false, baggage: false },
  },
];

describe('telemetry settings', () => {
  for (const { name, env, options = {}, read, wanted } of cases) {
    it(name, () => assert.deepEqual(read(readTelemetrySettings(options, env)), wanted));
  }

  const faults: readonly { readonly env: Environment; readonly message: string }[] = [
    { env: { OTEL_SDK_DISABLED: 'yes' }, message: 'OTEL_SDK_DISABLED: must be true or false, is "yes"' },
    {
      env: { OTEL_TRACES_SAMPLER: 'sometimes' },
      message:
        'OTEL_TRACES_SAMPLER: must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio, is "sometimes"',
    },
    { env: { OTEL_TRACES_SAMPLER_ARG: '2' }, message: 'OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1, is "2"' },
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
      message: 'OTEL_EXPORTER_OTLP_ENDPOINT: must be an http or https URL, is "collector:4318"',
    },
    {
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
      message: 'OTEL_EXPORTER_OTLP_PROTOCOL: must be one of http/protobuf, grpc, is "http/json"',
    },
    {
      env: { OTEL_TRACES_EXPORTER: 'otlp,zipkin' },
      message: 'OTEL_TRACES_EXPORTER: must be a list of otlp, console, prometheus, none, is "otlp,zipkin"',
    },
    {
      env: { OTEL_BSP_MAX_QUEUE_SIZE: '1.5' },
      message: 'OTEL_BSP_MAX_QUEUE_SIZE: must be a whole number from 1 to 1000000, is "1.5"',
    },
    {
      env: { OTEL_BSP_MAX_QUEUE_SIZE: '10', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '20' },
      message: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE: must be a whole number from 1 to 10, is "20"',
    },
    {
      env: { OTEL_PROPAGATORS: 'b3' },
      message: 'OTEL_PROPAGATORS: must be a list of tracecontext, baggage, none, is "b3"',
    },
    {
      env: { OTEL_RESOURCE_ATTRIBUTES: 'team' },
      message: 'OTEL_RESOURCE_ATTRIBUTES: must be key=value pairs, percent-encoded, joined by commas, is "team"',
    },
    {
      env: { OTEL_EXPORTER_OTLP_HEADERS: 'tpk_secret' },
      message:
        'OTEL_EXPORTER_OTLP_HEADERS: must be key=value pairs, percent-encoded, joined by commas, is "10 characters, not shown"',
    },
  ];
  for (const { env, message } of faults) {
    it(`are refused: ${message}`, () => {
      assert.throws(() => readTelemetrySettings({}, env), { name: 'Failure', code: 'config_invalid', message });
    });
  }

  it('are refused with every fault at once', () => {
    const env = { OTEL_SDK_DISABLED: 'yes', OTEL_PROPAGATORS: 'b3', OTEL_TRACES_EXPORTER: 'x' };
    assert.throws(
      () => readTelemetrySettings({}, env),
      (reason) => {
        assert.ok(reason instanceof Failure);
        assert.deepEqual(reason.faults.map(({ at }) => at).sort(), Object.keys(env).sort());
        return true;
      },
    );
  });
});
