import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { AttributeSink } from '../../src/telemetry/attribute-list.ts';
import type { BatchSettings } from '../../src/telemetry/environment.ts';
import { type EncodedBatch, otlpLane } from '../../src/telemetry/sdk/otlp-lane.ts';
import type { FinishedSpan } from '../../src/telemetry/span.ts';

const FRAME = {
  resource: resourceFromAttributes({ 'service.name': 'turnpike' }),
  scope: { name: 'turnpike', version: '0.1.0' },
  limits: { count: 128, valueChars: Number.POSITIVE_INFINITY },
};
const BATCH: BatchSettings = { delayMs: 1_000, queueSize: 1_000, batchSize: 100, timeoutMs: 5_000 };

type Answer = (batch: EncodedBatch) => Error | 'silence' | undefined;

/** A lane over a collector that answers as it is told to. */
function laneWith(bounds: Partial<BatchSettings>, answer: Answer = () => undefined) {
  const sent: EncodedBatch[] = [];
  const losses = { queueFull: 0, exportFailed: 0 };
  const stopped: string[] = [];
  const exporter = {
    export(batch: EncodedBatch, done: (error: Error | undefined) => void) {
      sent.push(batch);
      const said = answer(batch);
      if (said !== 'silence') queueMicrotask(() => done(said));
    },
    shutdown: async () => void stopped.push('exporter'),
  };
  const lane = otlpLane(FRAME, exporter, { ...BATCH, ...bounds }, losses);
  return { lane, sent, losses, stopped, sizes: () => sent.map(({ spans }) => spans) };
}

function span(name: string, own: (to: AttributeSink) => void = () => undefined): FinishedSpan {
  return {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    name,
    kind: 'client',
    parent: undefined,
    link: undefined,
    traceState: undefined,
    startMs: 1_000,
    endMs: 2_000,
    error: undefined,
    shared: [],
    own,
  };
}

const record = (lane: { record(span: FinishedSpan): void }, times: number): void => {
  for (let index = 0; index < times; index += 1) lane.record(span(`number ${index}.`));
};

const mockTimers = (context: TestContext): void => context.mock.timers.enable({ apis: ['setTimeout'] });

describe('the road of spans to a collector', () => {
  it('sends a batch as soon as it is full, and the rest when asked', async () => {
    const { lane, sizes, sent } = laneWith({ batchSize: 100 });
    record(lane, 250);
    await lane.flush();
    assert.deepEqual(sizes(), [100, 100, 50]);
    const text = Buffer.concat(sent.map(({ bytes }) => bytes)).toString('latin1');
    for (let index = 0; index < 250; index += 1) assert.ok(text.includes(`number ${index}.`), String(index));
  });

  it('sends what waits after the delay, and arms it again for what comes later', (context) => {
    mockTimers(context);
    const { lane, sizes } = laneWith({ delayMs: 1_000 });
    record(lane, 3);
    context.mock.timers.tick(999);
    assert.deepEqual(sizes(), []);
    context.mock.timers.tick(1);
    assert.deepEqual(sizes(), [3]);
  });

  it('has one batch on its way at a time', async () => {
    const { lane, sizes } = laneWith({ batchSize: 10 }, () => 'silence');
    record(lane, 100);
    await Promise.resolve();
    assert.deepEqual(sizes(), [10]);
  });

  it('counts what its queue has no room for, and loses no other', async () => {
    const { lane, losses, sizes } = laneWith({ queueSize: 64, batchSize: 64 }, () => undefined);
    record(lane, 200);
    await lane.flush();
    const arrived = sizes().reduce((sum, size) => sum + size, 0);
    assert.equal(arrived + losses.queueFull, 200);
    assert.ok(losses.queueFull > 0);
    record(lane, 3);
    await lane.flush();
    assert.equal(
      sizes().reduce((sum, size) => sum + size, 0),
      arrived + 3,
    );
  });

  it('counts what the collector did not take, tells who waits for it, and goes on', async () => {
    const answers = [new Error('refused'), undefined];
    const { lane, losses, sizes } = laneWith({ batchSize: 10 }, () => answers.shift());
    record(lane, 20);
    await assert.rejects(lane.flush(), /refused/);
    assert.deepEqual(sizes(), [10, 10]);
    assert.deepEqual(losses, { queueFull: 0, exportFailed: 10 });
    record(lane, 1);
    await lane.flush();
    assert.deepEqual(sizes(), [10, 10, 1]);
  });

  it('gives up on a collector that never answers', async (context) => {
    mockTimers(context);
    const { lane, losses } = laneWith({ timeoutMs: 2_000 }, () => 'silence');
    record(lane, 5);
    const flushed = assert.rejects(lane.flush(), /no answer within 2000 ms/);
    context.mock.timers.tick(2_000);
    await flushed;
    assert.deepEqual(losses, { queueFull: 0, exportFailed: 5 });
  });

  it('loses only the span that cannot be written', async () => {
    const { lane, losses, sizes } = laneWith({});
    record(lane, 2);
    lane.record(
      span('broken', () => {
        throw new Error('cannot be written');
      }),
    );
    record(lane, 2);
    await assert.rejects(lane.flush(), /cannot be written/);
    assert.deepEqual(sizes(), [4]);
    assert.deepEqual(losses, { queueFull: 0, exportFailed: 1 });
  });

  it('stops its exporter', async () => {
    const { lane, stopped } = laneWith({});
    await lane.shutdown();
    assert.deepEqual(stopped, ['exporter']);
  });
});
