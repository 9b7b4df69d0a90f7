import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AllowDocument } from '../../src/core/decision.ts';
import {
  type Act,
  fail,
  line,
  plan,
  REPLY,
  Reader,
  type Scene,
  STREAM,
  STREAMED,
  step,
  TAIL,
  text,
  world,
} from './scripted.ts';

const after = (afterMs: number, id: string): Act => ({ kind: 'reply', afterMs, reply: { ...REPLY, id } });
const EMPTY: Act = { kind: 'reply', afterMs: 1_000, reply: { ...REPLY, id: 'empty', content: [] } };

const hedged = (more: Partial<AllowDocument> = {}): AllowDocument =>
  plan([step('p/a'), step('q/b'), step('r/c')], { hedge: { after_ms: 900 }, ...more });

interface Case extends Scene {
  readonly name: string;
  readonly plan?: AllowDocument;
  readonly attempts: readonly string[];
  readonly ends: string;
  readonly afterMs: number;
}

const CASES: readonly Case[] = [
  {
    name: 'who answers before the delay is asked alone',
    acts: { 'p/a': [after(899, 'a')], 'q/b': [after(1, 'b')], 'r/c': [] },
    attempts: ['initial p/a ok'],
    ends: 'p/a a',
    afterMs: 899,
  },
  {
    name: 'who is slow is overtaken by the next, and cancelled',
    acts: { 'p/a': [after(5_000, 'a')], 'q/b': [after(100, 'b')], 'r/c': [] },
    attempts: ['hedge q/b ok', 'initial p/a cancelled'],
    ends: 'q/b b',
    afterMs: 1_000,
  },
  {
    name: 'who was slow may still win',
    acts: { 'p/a': [after(1_000, 'a')], 'q/b': [after(500, 'b')], 'r/c': [] },
    attempts: ['initial p/a ok', 'hedge q/b cancelled'],
    ends: 'p/a a',
    afterMs: 1_000,
  },
  {
    name: 'a hedge that fails leaves the first alone',
    acts: { 'p/a': [after(3_000, 'a')], 'q/b': [fail('unavailable')], 'r/c': [after(1, 'c')] },
    attempts: ['hedge q/b unavailable', 'initial p/a ok'],
    ends: 'p/a a',
    afterMs: 3_000,
  },
  {
    name: 'where both fail, the walk goes on behind them, without a second hedge',
    acts: {
      'p/a': [{ kind: 'fail', afterMs: 2_000, failure: { outcome: 'unavailable', message: 'x' } }],
      'q/b': [fail('timeout')],
      'r/c': [after(5_000, 'c')],
    },
    attempts: ['hedge q/b timeout', 'initial p/a unavailable', 'fallback (unavailable) r/c ok'],
    ends: 'r/c c',
    afterMs: 7_000,
  },
  {
    name: 'there is one hedge for a call, however slow whoever comes next',
    plan: plan([step('p/a'), step('q/b'), step('r/c'), step('s/d')], { hedge: { after_ms: 900 } }),
    acts: {
      'p/a': [{ kind: 'fail', afterMs: 2_000, failure: { outcome: 'unavailable', message: 'x' } }],
      'q/b': [fail('timeout')],
      'r/c': [after(5_000, 'c')],
      's/d': [after(1, 'd')],
    },
    attempts: ['hedge q/b timeout', 'initial p/a unavailable', 'fallback (unavailable) r/c ok'],
    ends: 'r/c c',
    afterMs: 7_000,
  },
  {
    name: 'who fails before the delay gives way, and the hedge is kept for who comes next',
    acts: { 'p/a': [fail('unavailable')], 'q/b': [after(5_000, 'b')], 'r/c': [after(100, 'c')] },
    attempts: ['initial p/a unavailable', 'hedge r/c ok', 'fallback (unavailable) q/b cancelled'],
    ends: 'r/c c',
    afterMs: 1_000,
  },
  {
    name: 'a hedge is an attempt: where none is left there is none',
    plan: hedged({ envelope: { deadline_ms: 60_000, max_attempts: 1, max_cost_nano_usd: 1_000_000 } }),
    acts: { 'p/a': [after(5_000, 'a')], 'q/b': [after(1, 'b')], 'r/c': [] },
    attempts: ['initial p/a ok'],
    ends: 'p/a a',
    afterMs: 5_000,
  },
  {
    name: 'both bounds together must fit',
    plan: hedged({ envelope: { deadline_ms: 60_000, max_attempts: 8, max_cost_nano_usd: 3_239 } }),
    acts: { 'p/a': [after(5_000, 'a')], 'q/b': [after(1, 'b')], 'r/c': [] },
    attempts: ['initial p/a ok'],
    ends: 'p/a a',
    afterMs: 5_000,
  },
  {
    name: 'a target that cannot be asked is passed by',
    unsupported: { 'q/b': ['tools'] },
    acts: { 'p/a': [after(5_000, 'a')], 'q/b': [after(1, 'b')], 'r/c': [after(1, 'c')] },
    attempts: ['hedge r/c ok', 'initial p/a cancelled'],
    ends: 'r/c c',
    afterMs: 901,
  },
  {
    name: 'a poor answer does not win while a better one may come',
    acts: { 'p/a': [EMPTY], 'q/b': [after(500, 'b')], 'r/c': [] },
    attempts: ['initial p/a degraded', 'hedge q/b ok'],
    ends: 'q/b b',
    afterMs: 1_400,
  },
  {
    name: 'a poor answer is served where no better one came',
    acts: {
      'p/a': [EMPTY],
      'q/b': [{ kind: 'fail', afterMs: 500, failure: { outcome: 'invalid_request', message: 'x' } }],
      'r/c': [],
    },
    attempts: ['initial p/a degraded', 'hedge q/b invalid_request'],
    ends: 'p/a empty',
    afterMs: 1_400,
  },
];

describe('with a hedge,', () => {
  for (const { name, plan: made, attempts, ends, afterMs, ...scene } of CASES) {
    test(name, async () => {
      const { time, run, order, told } = world(scene);
      const execution = await run(order({ plan: made ?? hedged() }));
      assert.deepEqual(told.map(line), attempts);
      assert.ok(execution.kind === 'answered' && execution.reply.kind === 'generation');
      assert.equal(`${execution.target} ${execution.reply.id}`, ends);
      assert.equal(time.nowMs() - 1_000_000, afterMs);
      await time.advance(20_000);
      assert.equal(told.length, attempts.length);
      assert.equal(time.pending, 0);
    });
  }

  test('the loser is cancelled at its vendor at once, and may have cost something', async () => {
    const scene = world({ acts: { 'p/a': [{ kind: 'hang' }], 'q/b': [after(1, 'b')] } });
    await scene.run(scene.order({ plan: hedged() }));
    assert.deepEqual(
      scene.calls.map(({ signal }) => signal.aborted),
      [true, false],
    );
    assert.deepEqual(
      scene.told.map(({ cost, usage }) => [cost.kind, usage.kind]),
      [
        ['priced', 'exact'],
        ['unknown', 'unknown'],
      ],
    );
  });

  test('the first stream with output wins, and only it is read', async () => {
    const late: Act = { kind: 'stream', pieces: [{ afterMs: 1_200, events: [text('late')] }, { events: TAIL }] };
    const scene = world({ acts: { 'p/a': [late], 'q/b': [STREAM] } });
    const execution = await scene.run(scene.order({ request: STREAMED, plan: hedged() }));
    assert.ok(execution.kind === 'streaming');
    const reader = new Reader();
    execution.stream.start(reader);
    await scene.time.advance(10_000);
    assert.deepEqual(reader.told, ['start', 'hel', 'lo', 'finish', 'usage', 'end', 'closed']);
    assert.deepEqual(scene.told.map(line), ['initial p/a cancelled', 'hedge q/b ok']);
    assert.deepEqual(
      scene.streams.map(({ calls }) => calls),
      [['start', 'cancel'], ['start']],
    );
  });

  test('a client who leaves cancels both', async () => {
    const scene = world({ acts: { 'p/a': [{ kind: 'hang' }], 'q/b': [{ kind: 'hang' }] } });
    scene.time.after(2_000, () => scene.client.abort());
    const execution = await scene.run(scene.order({ plan: hedged() }));
    assert.ok(execution.kind === 'failed');
    assert.equal(execution.failure.code, 'cancelled');
    assert.deepEqual(scene.told.map(line), ['initial p/a cancelled', 'hedge q/b cancelled']);
    assert.equal(scene.time.nowMs(), 1_002_000);
  });
});

const LEAVING: readonly { name: string; acts: Scene['acts']; attempts: readonly string[] }[] = [
  {
    name: 'while a target thinks',
    acts: { 'p/a': [{ kind: 'hang', deaf: true }] },
    attempts: ['initial p/a cancelled'],
  },
  {
    name: 'during a back-off',
    acts: { 'p/a': [fail('rate_limited', { retryAfterMs: 9_000 })] },
    attempts: ['initial p/a rate_limited'],
  },
];

for (const { name, acts, attempts } of LEAVING) {
  test(`a client who leaves ${name} ends the call at once`, async () => {
    const scene = world({ acts });
    scene.time.after(2_000, () => scene.client.abort());
    const execution = await scene.run(scene.order({ plan: plan([step('p/a', { retries: 3 })]) }));
    assert.ok(execution.kind === 'failed');
    assert.equal(execution.failure.code, 'cancelled');
    assert.equal(scene.time.nowMs(), 1_002_000);
    assert.deepEqual(scene.told.map(line), attempts);
    assert.equal(scene.time.pending, 0);
  });
}

test('a client who left before it began costs nothing', async () => {
  const scene = world({ acts: { 'p/a': [after(1, 'a')] } });
  scene.client.abort();
  const execution = await scene.run(scene.order());
  assert.ok(execution.kind === 'failed');
  assert.equal(execution.failure.code, 'cancelled');
  assert.deepEqual(scene.asked, []);
});
