import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { ExportResultCode } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace';
import { createCounters } from '../../src/telemetry/counters.ts';
import { createObserver } from '../../src/telemetry/observe.ts';
import type { Lane } from '../../src/telemetry/sdk/lane.ts';
import { batchingLane, pipelineOf } from '../../src/telemetry/sdk/spans.ts';
import { startTelemetry } from '../../src/telemetry/sdk.ts';
import { createTraceIds } from '../../src/telemetry/trace-ids.ts';
import { arrival, decided, START_MS } from './facts.ts';

const FRAME = {
  resource: resourceFromAttributes({ 'service.name': 'turnpike' }),
  scope: { name: 'turnpike', version: '0.1.0' },
  limits: { count: 128, valueChars: Number.POSITIVE_INFINITY },
};
const BATCH = { delayMs: 60_000, queueSize: 8, batchSize: 4, timeoutMs: 1000 };

function observerOver(spans: Lane): ReturnType<typeof createObserver> {
  const ids = createTraceIds({ fill: (buffer) => void crypto.getRandomValues(buffer) });
  return createObserver({ counters: createCounters(), spans, ids, clock: { nowMs: () => START_MS } });
}

describe('the span pipeline', () => {
  it("hands finished spans to the SDK's exporters as they read them", async () => {
    const exporter = new InMemorySpanExporter();
    const pipeline = pipelineOf([batchingLane(exporter, FRAME, BATCH, { queueFull: 0, exportFailed: 0 })]);
    const observer = observerOver(pipeline);
    const observation = observer.begin(arrival({}, { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` }));
    observation.decided(decided());
    observation.end();
    await pipeline.flush();
    const [decide, server] = exporter.getFinishedSpans();
    assert.equal(decide?.name, 'turnpike.decide');
    assert.equal(decide?.attributes['turnpike.estimate.nano_usd'], 9_234_568);
    assert.equal(decide?.parentSpanContext?.spanId, server?.spanContext().spanId);
    assert.deepEqual(decide?.duration, [0, 62_500]);
    assert.equal(server?.parentSpanContext?.isRemote, true);
    assert.equal(server?.resource.attributes['service.name'], 'turnpike');
    await pipeline.shutdown();
  });

  it('counts every span that its queue has no room for, and loses no other', async () => {
    const exporter = new InMemorySpanExporter();
    const losses = { queueFull: 0, exportFailed: 0 };
    const pipeline = pipelineOf([batchingLane(exporter, FRAME, { ...BATCH, batchSize: 8 }, losses)]);
    const observer = observerOver(pipeline);
    const tell = (times: number): void => {
      for (let index = 0; index < times; index += 1)
        observer.begin(arrival({ transport: 'embedded' })).decided(decided());
    };
    tell(100);
    await pipeline.flush();
    const arrived = exporter.getFinishedSpans().length;
    assert.equal(arrived + losses.queueFull, 100);
    assert.ok(losses.queueFull > 0);
    tell(3);
    await pipeline.flush();
    assert.equal(exporter.getFinishedSpans().length, arrived + 3);
    await pipeline.shutdown();
  });

  it('counts what an exporter gave up on', async () => {
    const losses = { queueFull: 0, exportFailed: 0 };
    const failing: SpanExporter = {
      export: (_spans, done) => done({ code: ExportResultCode.FAILED, error: new Error('refused') }),
      shutdown: async () => undefined,
    };
    const pipeline = pipelineOf([batchingLane(failing, FRAME, BATCH, losses)]);
    observerOver(pipeline)
      .begin(arrival({ transport: 'embedded' }))
      .decided(decided());
    await assert.rejects(pipeline.flush());
    assert.deepEqual(losses, { queueFull: 0, exportFailed: 1 });
  });
});

describe('telemetry', () => {
  it('sends every queued span at shutdown, over HTTP', async (context) => {
    const sink = await openSink(context);
    const telemetry = await startTelemetry(
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_METRICS_EXPORTER: 'none' },
    );
    for (let index = 0; index < 10_000; index += 1) {
      telemetry.observer.begin(arrival({ transport: 'embedded' })).decided(decided());
    }
    await telemetry.shutdown(20_000);
    assert.equal(sink.count('turnpike.decide'), 10_000);
    assert.deepEqual(sink.paths(), new Set(['/v1/traces']));
  });

  it('stops in time when nobody answers, and says so', async (context) => {
    const silent = await listen(context, createServer());
    const warnings: string[] = [];
    const telemetry = await startTelemetry(
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: silent, OTEL_METRICS_EXPORTER: 'none' },
      { warn: (message) => void warnings.push(message) },
    );
    telemetry.observer.begin(arrival({ transport: 'embedded' })).decided(decided());
    await telemetry.shutdown(50);
    assert.deepEqual(warnings, ['telemetry: not everything was sent within 50 ms']);
  });

  it('says in one line that a collector is not there, and counts what was lost', async (context) => {
    const gone = createServer();
    const url = await listen(context, gone);
    gone.close();
    const warnings: string[] = [];
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_BSP_SCHEDULE_DELAY: '0',
    };
    const told = Promise.withResolvers<void>();
    const telemetry = await startTelemetry({}, env, {
      warn: (message) => {
        warnings.push(message);
        told.resolve();
      },
    });
    telemetry.observer.begin(arrival({ transport: 'embedded' })).decided(decided());
    await told.promise;
    assert.match(warnings[0] ?? '', /^telemetry: .*UNAVAILABLE/);
    assert.doesNotMatch(warnings[0] ?? '', /\n|\bat .*:\d+:\d+/);
    const { body } = await telemetry.metrics();
    assert.match(body, /^turnpike_telemetry_spans_dropped_total\{error_type="export_failed"\} 1$/m);
    await telemetry.shutdown(1000);
  });

  it('warns when callers are let to decide what is recorded', async () => {
    const warnings: string[] = [];
    const env = { OTEL_TRACES_SAMPLER: 'parentbased_always_on' };
    await startTelemetry({}, env, { warn: (message) => void warnings.push(message) });
    assert.deepEqual(warnings, [
      'telemetry: sampling follows the parent, so a caller can leave its own calls out of traces; metrics count them',
    ]);
  });

  it('exports nothing when disabled, and still counts', async (context) => {
    const sink = await openSink(context);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_SDK_DISABLED: 'true' };
    const telemetry = await startTelemetry({}, env);
    telemetry.observer.begin(arrival()).decided(decided());
    assert.match((await telemetry.metrics()).body, /turnpike_decisions_total\{.*\} 1/);
    await telemetry.shutdown(1000);
    assert.deepEqual(sink.paths(), new Set());
  });

  it('loads no part of the SDK when nothing is exported', async () => {
    const script = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
      const { startTelemetry } = await import('${new URL('../../src/telemetry/sdk.ts', import.meta.url)}');
      const telemetry = await startTelemetry({}, {});
      telemetry.observer.begin({ transport: 'embedded', operation: '', credential: { kind: 'none' }, header: () => undefined }).end();
      await telemetry.shutdown(100);
      console.log(JSON.stringify(loaded.filter((url) => url.includes('@opentelemetry'))));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    assert.deepEqual(JSON.parse(stdout), []);
  });
});

interface Sink {
  readonly url: string;
  count(text: string): number;
  paths(): ReadonlySet<string | undefined>;
}

async function openSink(context: TestContext): Promise<Sink> {
  const bodies: Buffer[] = [];
  const paths = new Set<string | undefined>();
  const server = createServer((request, response) => {
    paths.add(request.url);
    request.on('data', (chunk: Buffer) => void bodies.push(chunk));
    request.on('end', () => response.setHeader('content-type', 'application/x-protobuf').end());
  });
  const url = await listen(context, server);
  return { url, paths: () => paths, count: (text) => Buffer.concat(bodies).toString('latin1').split(text).length - 1 };
}

async function listen(context: TestContext, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on TCP has such an address.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
