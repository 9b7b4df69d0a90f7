import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { AttemptFailure } from '../../src/core/attempt-failure.ts';
import type { StreamEvent } from '../../src/core/reply.ts';
import type { ProviderStream } from '../../src/executor/provider.ts';
import {
  type Act,
  fail,
  line,
  type Piece,
  plan,
  Reader,
  START,
  STREAM,
  STREAMED,
  step,
  TAIL,
  text,
  type World,
  world,
} from './scripted.ts';

const OK: Act = STREAM;

/** Executes until output flows. */
async function stream(scene: World): Promise<ProviderStream> {
  const execution = await scene.run(scene.order({ request: STREAMED }));
  assert.ok(execution.kind === 'streaming');
  return execution.stream;
}

async function read(scene: World): Promise<Reader> {
  const reader = new Reader();
  (await stream(scene)).start(reader);
  await scene.time.advance(100_000);
  return reader;
}

const slow = (...pieces: Piece[]): Act => ({ kind: 'stream', pieces, ends: 'hang' });
const BROKE: AttemptFailure = { outcome: 'unavailable', message: 'overloaded' };

interface Broken {
  readonly name: string;
  readonly act: Act;
  readonly reads: readonly string[];
  readonly outcome: string;
  readonly usage: unknown;
}

const ENDINGS: readonly Broken[] = [
  {
    name: 'finished: all of it, and usage as the vendor counts it',
    act: OK,
    reads: ['start', 'hel', 'lo', 'finish', 'usage', 'end', 'closed'],
    outcome: 'ok',
    usage: { kind: 'exact', tokens: { input: 10, output: 5 } },
  },
  {
    name: 'cut: a stream that just stops is no success, and what was seen is counted by its length',
    act: { kind: 'stream', pieces: [{ events: [START, text('nine char')] }] },
    reads: ['start', 'nine char', 'closed: connection'],
    outcome: 'connection',
    usage: { kind: 'estimated', tokens: { input: 10, output: 3 } },
  },
  {
    name: 'broken by the vendor, after its count of the input',
    act: {
      kind: 'stream',
      pieces: [
        { events: [START, { kind: 'usage', tokens: { input: 77, output: 1 } }, text('12345678')] },
        { events: [{ kind: 'error', failure: BROKE }] },
      ],
      ends: BROKE,
    },
    reads: ['start', 'usage', '12345678', 'error', 'closed: unavailable'],
    outcome: 'unavailable',
    usage: { kind: 'estimated', tokens: { input: 77, output: 2 } },
  },
  {
    name: 'broken behind its last count: that is exact',
    act: { kind: 'stream', pieces: [{ events: [text('hi'), ...TAIL.slice(0, 2)] }] },
    reads: ['hi', 'finish', 'usage', 'closed: connection'],
    outcome: 'connection',
    usage: { kind: 'exact', tokens: { input: 10, output: 5 } },
  },
  {
    name: 'paused for too long',
    act: slow({ events: [text('hi')] }),
    reads: ['hi', 'closed: timeout'],
    outcome: 'timeout',
    usage: { kind: 'estimated', tokens: { input: 10, output: 1 } },
  },
  {
    name: 'the whole takes too long',
    act: slow(...Array.from({ length: 20 }, () => ({ afterMs: 2_600, events: [text('12345678')] }))),
    reads: [...Array.from({ length: 11 }, () => '12345678'), 'closed: timeout'],
    outcome: 'timeout',
    usage: { kind: 'estimated', tokens: { input: 10, output: 22 } },
  },
];

describe('a stream that has begun', () => {
  for (const { name, act, reads, outcome, usage } of ENDINGS) {
    test(`ends once, ${name}`, async () => {
      const scene = world({ acts: { 'p/a': [act], 'q/b': [OK] } });
      const reader = await read(scene);
      assert.deepEqual(reader.told, reads);
      assert.deepEqual(
        scene.told.map((one) => [one.outcome, one.usage, one.outputStarted]),
        [[outcome, usage, true]],
      );
      assert.deepEqual(scene.asked, ['p/a']);
      assert.equal(scene.time.pending, 0);
    });
  }

  test('is cut where too little comes of it, however steadily', async () => {
    const act = slow(...Array.from({ length: 40 }, () => ({ afterMs: 900, events: [text('.')] })));
    const scene = world({ acts: { 'p/a': [act] }, options: { throughput: { windowMs: 10_000, units: 20 } } });
    const reader = await read(scene);
    assert.equal(reader.failure?.message, 'the stream is too slow');
    assert.equal(reader.received('.'), 12);
  });

  for (const { units, dots } of [
    { units: 20, dots: 12 },
    { units: 11, dots: 33 },
    { units: 0, dots: 33 },
  ]) {
    test(`is held to what policy wants of it, ${units} in a window, not to what is usual`, async () => {
      const act = slow(...Array.from({ length: 40 }, () => ({ afterMs: 900, events: [text('.')] })));
      const scene = world({ acts: { 'p/a': [act] }, options: { throughput: { windowMs: 10_000, units: 15 } } });
      const usual = step('p/a');
      const throughput = { window_ms: 10_000, min_units: units };
      const asked = plan([{ ...usual, timeouts: { ...usual.timeouts, throughput } }]);
      const execution = await scene.run(scene.order({ request: STREAMED, plan: asked }));
      assert.ok(execution.kind === 'streaming');
      const reader = new Reader();
      execution.stream.start(reader);
      await scene.time.advance(100_000);
      assert.equal(reader.received('.'), dots);
    });
  }

  test('counts the bytes of what is relayed undecoded', async () => {
    const raw = new Uint8Array(1_280);
    const pieces = [
      { events: [START, { kind: 'output' } as const], raw },
      { events: [{ kind: 'output' } as const], raw },
    ];
    const scene = world({ acts: { 'p/a': [{ kind: 'stream', pieces }] } });
    await read(scene);
    assert.deepEqual(scene.told[0]?.usage, { kind: 'estimated', tokens: { input: 10, output: 20 } });
  });

  test('is given up at once where its reader leaves', async () => {
    const scene = world({ acts: { 'p/a': [slow({ events: [START, text('hi')] })] } });
    const flowing = await stream(scene);
    const reader = new Reader();
    flowing.start(reader);
    flowing.cancel();
    assert.deepEqual(reader.told, ['start', 'hi', 'closed: cancelled']);
    assert.deepEqual(scene.streams[0]?.calls, ['start', 'cancel']);
    assert.deepEqual(scene.told.map(line), ['initial p/a cancelled']);
    assert.deepEqual(scene.told[0]?.usage, { kind: 'estimated', tokens: { input: 10, output: 1 } });
    assert.equal(scene.time.pending, 0);
  });

  test('is given up at once where the client leaves', async () => {
    const scene = world({ acts: { 'p/a': [slow({ events: [text('hi')] })] } });
    const reader = new Reader();
    (await stream(scene)).start(reader);
    scene.client.abort();
    assert.deepEqual(reader.told, ['hi', 'closed: cancelled']);
    assert.equal(scene.calls[0]?.signal.aborted, true);
    assert.deepEqual(scene.told.map(line), ['initial p/a cancelled']);
  });

  test('is told as ended where it is given up before anybody read it, and nothing of it is read then', async () => {
    const scene = world({ acts: { 'p/a': [slow({ events: [text('hi')] })] } });
    const flowing = await stream(scene);
    flowing.cancel();
    assert.deepEqual(scene.told.map(line), ['initial p/a cancelled']);
    const reader = new Reader();
    flowing.start(reader);
    assert.deepEqual(reader.told, ['closed: cancelled']);
  });

  test('takes nothing more from a vendor that goes on after its end', async () => {
    const scene = world({ acts: { 'p/a': [slow({ events: [text('hi')] })] } });
    const flowing = await stream(scene);
    const reader = new Reader();
    flowing.start(reader);
    await scene.time.advance(3_000);
    // What is still on its way when it was cut.
    (flowing as unknown as Reader).receive([text('late')]);
    (flowing as unknown as Reader).closed(undefined);
    assert.deepEqual(reader.told, ['hi', 'closed: timeout']);
    assert.equal(scene.told.length, 1);
  });

  test('notes for health what cannot be taken back', async () => {
    const pieces = [
      { events: [text('Sorry'), { kind: 'finish', reason: 'refusal' } as const, { kind: 'end' } as const] },
    ];
    const scene = world({ acts: { 'p/a': [{ kind: 'stream', pieces }] } });
    for (let index = 0; index < 4; index += 1) await read(scene);
    assert.deepEqual(
      scene.told.map((one) => one.outcome),
      ['ok', 'ok', 'ok', 'ok'],
    );
    assert.ok((scene.executor.health()['p/a']?.quality ?? 1) < 0.9);
  });
});

const BEFORE: readonly { name: string; act: Act; attempt: string; afterMs: number }[] = [
  { name: 'no output comes in time', act: slow({ events: [START] }), attempt: 'timeout', afterMs: 5_000 },
  { name: 'not even a head comes in time', act: { kind: 'hang', deaf: true }, attempt: 'timeout', afterMs: 5_000 },
  {
    name: 'it stops before any output',
    act: { kind: 'stream', pieces: [{ events: [START] }] },
    attempt: 'connection',
    afterMs: 0,
  },
  {
    name: 'the vendor says that it broke',
    act: slow({ events: [START, { kind: 'error', failure: BROKE }] }),
    attempt: 'unavailable',
    afterMs: 0,
  },
  {
    name: 'it brings without end what is no output',
    act: slow(...Array.from({ length: 1_100 }, () => ({ events: [START] }))),
    attempt: 'unavailable',
    afterMs: 0,
  },
  { name: 'it is refused', act: fail('rate_limited', { status: 429 }), attempt: 'rate_limited', afterMs: 0 },
];

describe('a stream that has not begun gives way to the next target', () => {
  for (const { name, act, attempt, afterMs } of BEFORE) {
    test(`where ${name}`, async () => {
      const scene = world({ acts: { 'p/a': [act], 'q/b': [OK] } });
      const flowing = await stream(scene);
      assert.equal(scene.time.nowMs() - 1_000_000, afterMs);
      const reader = new Reader();
      flowing.start(reader);
      assert.deepEqual(reader.told, ['start', 'hel', 'lo', 'finish', 'usage', 'end', 'closed']);
      assert.deepEqual(scene.told.map(line), [`initial p/a ${attempt}`, `fallback (${attempt}) q/b ok`]);
      assert.equal(scene.time.pending, 0);
    });
  }

  test('and a head that comes when nobody waits any more is given up', async () => {
    const late: Act = {
      kind: 'stream',
      deaf: true,
      afterMs: 6_000,
      pieces: [{ events: [text('late')] }],
      ends: 'hang',
    };
    const scene = world({ acts: { 'p/a': [late], 'q/b': [OK] } });
    const reader = await read(scene);
    assert.deepEqual(scene.told.map(line), ['initial p/a timeout', 'fallback (timeout) q/b ok']);
    assert.deepEqual(
      scene.streams.map(({ calls }) => calls),
      [['start'], ['start', 'cancel']],
    );
    assert.equal(reader.told.includes('late'), false);
  });

  test('and proves its target with its first output, long before it ends', async () => {
    const endless = slow({ events: [text('hi')] }, { afterMs: 2_000, events: [text('there')] });
    const broken = Array.from({ length: 5 }, () => fail('unavailable'));
    const scene = world({ acts: { 'p/a': [...broken, endless], 'q/b': [OK] } });
    for (let index = 0; index < 5; index += 1) await stream(scene);
    await scene.time.advance(5_000);
    const flowing = [await stream(scene), await stream(scene), await stream(scene)];
    assert.deepEqual(scene.asked.slice(10), ['p/a', 'p/a', 'p/a']);
    for (const one of flowing) one.cancel();
  });
});

describe('back-pressure', () => {
  test('passes straight through', async () => {
    const scene = world({ acts: { 'p/a': [slow({ events: [text('a')] }, { afterMs: 10, events: [text('b')] })] } });
    const flowing = await stream(scene);
    const reader = new Reader();
    flowing.start(reader);
    flowing.pause();
    await scene.time.advance(50);
    assert.deepEqual(reader.told, ['a']);
    flowing.resume();
    await scene.time.advance(50);
    assert.deepEqual(reader.told, ['a', 'b']);
    assert.deepEqual(scene.streams[0]?.calls, ['start', 'pause', 'resume']);
  });

  test('a reader who lets the vendor wait is not the vendor pausing', async () => {
    const scene = world({ acts: { 'p/a': [slow({ events: [text('a')] })] } });
    const flowing = await stream(scene);
    const reader = new Reader();
    flowing.start(reader);
    flowing.pause();
    await scene.time.advance(20_000);
    assert.deepEqual(reader.told, ['a']);
    flowing.resume();
    await scene.time.advance(2_999);
    assert.deepEqual(reader.told, ['a']);
    await scene.time.advance(1);
    assert.deepEqual(reader.told, ['a', 'closed: timeout']);
  });

  test('a reader who never starts does not fill the memory, nor keep the vendor for longer than the whole may take', async () => {
    const pieces = Array.from({ length: 1_000 }, () => ({ events: [text('x')] }));
    const scene = world({ acts: { 'p/a': [{ kind: 'stream', pieces: [...pieces, { events: TAIL }] }] } });
    const flowing = await stream(scene);
    await scene.time.advance(29_999);
    assert.deepEqual(scene.streams[0]?.calls, ['start', 'pause']);
    const reader = new Reader();
    flowing.start(reader);
    assert.deepEqual(scene.streams[0]?.calls, ['start', 'pause', 'resume']);
    assert.equal(reader.received('x'), 1_000);
    assert.equal(reader.told.at(-1), 'closed');
  });

  test('one who pauses while it is given what waits is given no more than that', async () => {
    const pieces = Array.from({ length: 100 }, () => ({ events: [text('x')] }));
    const scene = world({ acts: { 'p/a': [{ kind: 'stream', pieces: [...pieces, { events: TAIL }] }] } });
    const flowing = await stream(scene);
    const reader = new Reader();
    flowing.start({
      receive(events) {
        flowing.pause();
        reader.receive(events);
      },
      closed: (failure) => reader.closed(failure),
    });
    await scene.time.advance(1_000);
    assert.ok(reader.received('x') < 20);
    flowing.resume();
    await scene.time.advance(1_000);
    assert.ok(reader.received('x') < 21);
  });
});

test('whatever a vendor sends in whatever pieces, a reader is told all of it in order, and the end once', async () => {
  const event = fc.oneof(
    fc.string({ maxLength: 5 }).map((value): StreamEvent => text(`t${value}`)),
    fc.constant<StreamEvent>(START),
    fc.constant<StreamEvent>({ kind: 'usage', tokens: { input: 1, output: 2 } }),
  );
  const piece = fc.record({
    events: fc.array(event, { maxLength: 3 }),
    wait: fc.option(fc.integer({ min: 0, max: 2_000 }), { nil: undefined }),
  });
  const ends = fc.constantFrom<'end' | 'cut' | 'error' | 'hang' | 'leave'>('end', 'cut', 'error', 'hang', 'leave');
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), ends, fc.nat(20_000), async (sent, end, leaveMs) => {
      const pieces = sent.map(({ events, wait }) => (wait === undefined ? { events } : { events, afterMs: wait }));
      const last: Piece[] = end === 'end' ? [{ events: TAIL }] : [];
      const how =
        end === 'error' ? { ends: BROKE } : end === 'hang' || end === 'leave' ? { ends: 'hang' as const } : {};
      const scene = world({ acts: { 'p/a': [{ kind: 'stream', pieces: [...pieces, ...last], ...how }] } });
      const execution = await scene.run(
        scene.order({ request: STREAMED, plan: plan([step('p/a')], { fallback_on: [] }) }),
      );
      const reader = new Reader();
      if (execution.kind === 'streaming') {
        execution.stream.start(reader);
        if (end === 'leave') {
          await scene.time.advance(leaveMs);
          scene.client.abort();
        }
      }
      await scene.time.advance(100_000);
      const all = [...pieces, ...last].flatMap(({ events }) =>
        events.map((one) => (one.kind === 'text' ? one.text : one.kind)),
      );
      const got = reader.told.filter((one) => !one.startsWith('closed'));
      assert.deepEqual(got, all.slice(0, got.length));
      assert.equal(reader.told.length - got.length, execution.kind === 'streaming' ? 1 : 0);
      assert.equal(scene.told.length, 1);
      assert.equal(
        scene.told[0]?.outcome === 'ok',
        reader.told.at(-1) === 'closed' && scene.told[0]?.outcome !== 'degraded',
      );
      assert.equal(scene.time.pending, 0);
    }),
    { numRuns: 150 },
  );
});
