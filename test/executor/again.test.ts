import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AllowDocument } from '../../src/core/decision.ts';
import type { GenerationReply } from '../../src/core/reply.ts';
import {
  type Act,
  fail,
  line,
  plan,
  REPLY,
  Reader,
  type Scene,
  START,
  STREAMED,
  step,
  text,
  world,
} from './scripted.ts';

const OK: Act = { kind: 'reply' };
const poor = (more: Partial<GenerationReply>): Act => ({ kind: 'reply', reply: { ...REPLY, ...more } });
const EMPTY = poor({ content: [], id: 'empty' });
const ON: AllowDocument['fallback_on'] = ['context_length', 'content_filter', 'degraded', 'unavailable'];
const to = (...targets: string[]): AllowDocument =>
  plan(
    targets.map((one) => step(one)),
    { fallback_on: ON },
  );

interface Case extends Scene {
  readonly name: string;
  readonly plan: AllowDocument;
  readonly attempts: readonly string[];
  /** Served target and reply, or code of the failure. */
  readonly ends: string;
  /** What policy was told each time it was asked again. */
  readonly asked: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'a context that is too long is for policy to place: it knows a longer window',
    plan: to('p/a', 'q/b'),
    acts: { 'p/a': [fail('context_length', { status: 400 })], 'q/b': [OK], 'r/long': [OK] },
    again: [to('r/long')],
    attempts: ['initial p/a context_length', 'fallback (context_length) r/long ok'],
    ends: 'r/long reply-1',
    asked: ['p/a context_length'],
  },
  {
    name: 'where policy knows none, the caller is told that it is too long',
    plan: to('p/a', 'q/b'),
    acts: { 'p/a': [fail('context_length', { message: 'at most 8192 tokens' })], 'q/b': [OK] },
    attempts: ['initial p/a context_length'],
    ends: 'context_too_long',
    asked: ['p/a context_length'],
  },
  {
    name: 'policy that names the same route again is followed to those that were not asked',
    plan: to('p/a', 'q/b'),
    acts: { 'p/a': [fail('content_filter')], 'q/b': [OK] },
    again: [to('p/a', 'q/b')],
    attempts: ['initial p/a content_filter', 'fallback (content_filter) q/b ok'],
    ends: 'q/b reply-1',
    asked: ['p/a content_filter'],
  },
  {
    name: 'policy that names only what failed is followed nowhere',
    plan: to('p/a'),
    acts: { 'p/a': [fail('unavailable')] },
    again: [to('p/a'), to('p/a')],
    attempts: ['initial p/a unavailable'],
    ends: 'upstream_unavailable',
    asked: ['p/a unavailable'],
  },
  {
    name: 'a route that is used up is put before policy',
    plan: to('p/a', 'q/b'),
    acts: { 'p/a': [fail('unavailable')], 'q/b': [fail('unavailable')], 'r/c': [OK] },
    again: [to('r/c')],
    attempts: ['initial p/a unavailable', 'fallback (unavailable) q/b unavailable', 'fallback (unavailable) r/c ok'],
    ends: 'r/c reply-1',
    asked: ['p/a unavailable, q/b unavailable'],
  },
  {
    name: 'the envelope of the first plan stays',
    plan: { ...to('p/a'), envelope: { deadline_ms: 60_000, max_attempts: 1, max_cost_nano_usd: 1_000_000 } },
    acts: { 'p/a': [fail('unavailable')], 'r/c': [OK] },
    again: [to('r/c')],
    attempts: ['initial p/a unavailable'],
    ends: 'upstream_unavailable',
    asked: [],
  },
  {
    name: 'policy is asked only for reasons that it named',
    plan: { ...to('p/a'), fallback_on: ['timeout'] },
    acts: { 'p/a': [fail('context_length')], 'r/c': [OK] },
    again: [to('r/c')],
    attempts: ['initial p/a context_length'],
    ends: 'context_too_long',
    asked: [],
  },
  {
    name: 'policy is asked three times at most',
    plan: to('p/a'),
    acts: { 'p/a': [EMPTY], 'q/b': [EMPTY], 'r/c': [EMPTY], 's/d': [EMPTY], 't/e': [OK] },
    again: [to('q/b'), to('r/c'), to('s/d'), to('t/e')],
    attempts: [
      'initial p/a degraded',
      'fallback (degraded) q/b degraded',
      'fallback (degraded) r/c degraded',
      'fallback (degraded) s/d degraded',
    ],
    ends: 'p/a empty',
    asked: ['p/a degraded', 'p/a degraded, q/b degraded', 'p/a degraded, q/b degraded, r/c degraded'],
  },
  {
    name: 'a poor answer gives way to a better one',
    plan: to('p/a'),
    acts: { 'p/a': [EMPTY], 'r/good': [OK] },
    again: [to('r/good')],
    attempts: ['initial p/a degraded', 'fallback (degraded) r/good ok'],
    ends: 'r/good reply-1',
    asked: ['p/a degraded'],
  },
  {
    name: 'a poor answer is served where policy does not mind',
    plan: { ...to('p/a', 'q/b'), fallback_on: ['unavailable'] },
    acts: { 'p/a': [EMPTY], 'q/b': [OK] },
    attempts: ['initial p/a degraded'],
    ends: 'p/a empty',
    asked: [],
  },
  {
    name: 'a poor answer is served where nobody has a better one',
    plan: to('p/a'),
    acts: { 'p/a': [EMPTY], 'q/b': [fail('unavailable')] },
    again: [to('q/b')],
    attempts: ['initial p/a degraded', 'fallback (degraded) q/b unavailable'],
    ends: 'p/a empty',
    asked: ['p/a degraded', 'p/a degraded, q/b unavailable'],
  },
  {
    name: 'of two poor answers the better one is served',
    plan: to('p/a'),
    acts: { 'p/a': [EMPTY], 'q/b': [poor({ id: 'refused', finish: 'refusal' })] },
    again: [to('q/b')],
    attempts: ['initial p/a degraded', 'fallback (degraded) q/b degraded'],
    ends: 'q/b refused',
    asked: ['p/a degraded', 'p/a degraded, q/b degraded'],
  },
  {
    name: "an answer that the vendor's filter cut is served where policy does not mind",
    plan: { ...to('p/a', 'q/b'), fallback_on: ['degraded'] },
    acts: { 'p/a': [poor({ id: 'cut', finish: 'content_filter' })], 'q/b': [OK] },
    attempts: ['initial p/a content_filter'],
    ends: 'p/a cut',
    asked: [],
  },
];

describe('asked again,', () => {
  for (const { name, plan: first, attempts, ends, asked, ...scene } of CASES) {
    test(name, async () => {
      const { run, order, told, asks } = world(scene);
      const execution = await run(order({ plan: first }));
      assert.deepEqual(told.map(line), attempts);
      const answer = execution.kind === 'answered' && 'id' in execution.reply ? execution.reply.id : '';
      const ended = execution.kind === 'failed' ? execution.failure.code : `${execution.target} ${answer}`;
      assert.equal(ended, ends);
      const said = asks.map((made) => made.map(({ target, outcome }) => `${target} ${outcome}`).join(', '));
      assert.deepEqual(said, asked);
    });
  }

  test('policy that cannot answer is policy that is over', async () => {
    const { run, order } = world({ acts: { 'p/a': [fail('context_length', { message: 'too long' })] } });
    const reason = new TypeError('broken policy');
    const execution = await run(order({ plan: to('p/a'), askAgain: () => Promise.reject(reason) }));
    assert.ok(execution.kind === 'failed');
    assert.equal(execution.failure.code, 'context_too_long');
    assert.equal(execution.failure.cause, reason);
  });

  test('an empty stream gives way, for nothing of it has reached the client', async () => {
    const empty: Act = {
      kind: 'stream',
      pieces: [{ events: [START, { kind: 'finish', reason: 'stop' }, { kind: 'end' }] }],
    };
    const full: Act = { kind: 'stream', pieces: [{ events: [text('hi'), { kind: 'end' }] }] };
    const scene = world({ acts: { 'p/a': [empty], 'q/b': [full] }, again: [to('q/b')] });
    const execution = await scene.run(scene.order({ plan: to('p/a'), request: STREAMED }));
    assert.ok(execution.kind === 'streaming');
    const reader = new Reader();
    execution.stream.start(reader);
    assert.deepEqual(reader.told, ['hi', 'end', 'closed']);
    assert.deepEqual(scene.told.map(line), ['initial p/a degraded', 'fallback (degraded) q/b ok']);
  });

  test('an empty stream is served as it is where nobody has a better one', async () => {
    const empty: Act = {
      kind: 'stream',
      pieces: [{ events: [START, { kind: 'finish', reason: 'stop' }, { kind: 'end' }] }],
    };
    const scene = world({ acts: { 'p/a': [empty] } });
    const execution = await scene.run(scene.order({ plan: to('p/a'), request: STREAMED }));
    assert.ok(execution.kind === 'streaming');
    const reader = new Reader();
    execution.stream.start(reader);
    assert.deepEqual(reader.told, ['start', 'finish', 'end', 'closed']);
    assert.deepEqual(scene.told.map(line), ['initial p/a degraded']);
  });
});
