import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type Breaker,
  type BreakerOptions,
  type BreakerState,
  createBreaker,
  type Verdict,
} from '../../src/reliability/breaker.ts';

const OPTIONS: BreakerOptions = {
  windowMs: 1_000,
  buckets: 4,
  failureRatio: 0.5,
  minimumCalls: 6,
  consecutiveFailures: 4,
  cooldownMs: 500,
  maxCooldownMs: 3_000,
  probes: 2,
};

/** One call from start to end at a moment. */
function call(breaker: Breaker, verdict: Verdict, nowMs: number): boolean {
  const epoch = breaker.enter(nowMs);
  if (epoch === undefined) return false;
  breaker.tell({ kind: 'left', epoch, verdict }, nowMs);
  return true;
}

function opened(nowMs: number): Breaker {
  const breaker = createBreaker(OPTIONS);
  for (let index = 0; index < OPTIONS.consecutiveFailures; index += 1) call(breaker, 'failure', nowMs);
  return breaker;
}

type Script = readonly (readonly [verdicts: string, nowMs: number])[];
const VERDICTS: Readonly<Record<string, Verdict>> = { s: 'success', f: 'failure', n: 'neutral' };

const OPENING: readonly { name: string; script: Script; ends: BreakerState['kind'] }[] = [
  { name: 'four failures in a row', script: [['ffff', 0]], ends: 'open' },
  { name: 'three in a row', script: [['fff', 0]], ends: 'closed' },
  { name: 'a success within the row', script: [['fffsf', 0]], ends: 'closed' },
  { name: 'what says nothing within the row', script: [['ffnnff', 0]], ends: 'open' },
  { name: 'half of enough calls', script: [['sfsfsf', 0]], ends: 'open' },
  { name: 'half of too few calls', script: [['sfsf', 0]], ends: 'closed' },
  { name: 'less than half', script: [['ssssfff', 0]], ends: 'closed' },
  {
    name: 'failures over several buckets',
    script: [
      ['sf', 0],
      ['sf', 300],
      ['sf', 600],
    ],
    ends: 'open',
  },
  {
    name: 'failures that have left the window',
    script: [
      ['sfsf', 0],
      ['sf', 1_100],
    ],
    ends: 'closed',
  },
  {
    name: 'a clock that went back',
    script: [
      ['sfsf', 10_000],
      ['sf', 0],
    ],
    ends: 'closed',
  },
];

describe('a breaker', () => {
  for (const { name, script, ends } of OPENING) {
    test(`is ${ends} after ${name}`, () => {
      const breaker = createBreaker(OPTIONS);
      for (const [verdicts, nowMs] of script) {
        for (const one of verdicts) call(breaker, VERDICTS[one] ?? 'neutral', nowMs);
      }
      assert.equal(breaker.state.kind, ends);
    });
  }

  test('lets nobody in while it is open, and so many probes when it has cooled down', () => {
    const breaker = opened(0);
    assert.equal(breaker.enter(499), undefined);
    const probes = [breaker.enter(500), breaker.enter(500), breaker.enter(500)];
    assert.deepEqual(
      probes.map((epoch) => epoch !== undefined),
      [true, true, false],
    );
  });

  test('closes when every probe succeeded', () => {
    const breaker = opened(0);
    call(breaker, 'success', 500);
    assert.equal(breaker.state.kind, 'half_open');
    call(breaker, 'success', 500);
    assert.equal(breaker.state.kind, 'closed');
  });

  test('opens again with the first probe that fails, for twice as long each time, up to the longest', () => {
    const breaker = opened(0);
    const cooldowns: number[] = [];
    let nowMs = 500;
    for (let round = 0; round < 5; round += 1) {
      call(breaker, 'failure', nowMs);
      assert.ok(breaker.state.kind === 'open');
      cooldowns.push(breaker.state.untilMs - nowMs);
      nowMs = breaker.state.untilMs;
    }
    assert.deepEqual(cooldowns, [1_000, 2_000, 3_000, 3_000, 3_000]);
  });

  test('gives the place of a probe that said nothing to the next', () => {
    const breaker = opened(0);
    for (let index = 0; index < 5; index += 1) assert.ok(call(breaker, 'neutral', 500));
    assert.equal(breaker.state.kind, 'half_open');
  });

  test('ignores a late answer of a state that has passed', () => {
    const breaker = createBreaker(OPTIONS);
    const late = breaker.enter(0);
    assert.ok(late !== undefined);
    for (let index = 0; index < 4; index += 1) call(breaker, 'failure', 0);
    const before = breaker.state;
    breaker.tell({ kind: 'left', epoch: late, verdict: 'success' }, 400);
    assert.equal(breaker.state, before);
    call(breaker, 'success', 500);
    const half = breaker.state;
    breaker.tell({ kind: 'left', epoch: late, verdict: 'failure' }, 500);
    breaker.tell({ kind: 'broke', epoch: late }, 500);
    assert.equal(breaker.state, half);
  });

  test('counts a call that broke after it had counted as a success', () => {
    const breaker = createBreaker(OPTIONS);
    for (let index = 0; index < 4; index += 1) {
      const epoch = breaker.enter(0);
      assert.ok(epoch !== undefined);
      breaker.tell({ kind: 'left', epoch, verdict: 'success' }, 0);
    }
    const { epoch } = breaker.state;
    for (let index = 0; index < 4; index += 1) breaker.tell({ kind: 'broke', epoch }, 0);
    assert.equal(breaker.state.kind, 'open');
  });

  test('opens again where a probe broke after its success', () => {
    const breaker = opened(0);
    const epoch = breaker.enter(500);
    assert.ok(epoch !== undefined);
    breaker.tell({ kind: 'left', epoch, verdict: 'success' }, 500);
    breaker.tell({ kind: 'broke', epoch }, 600);
    assert.deepEqual(breaker.state.kind, 'open');
  });
});

/** The same in the plainest way: every call is remembered, every state is an object of its own. */
class Model {
  calls: { atMs: number; failed: boolean }[] = [];
  state: { kind: BreakerState['kind']; untilMs: number; openings: number; out: number; good: number } = fresh();

  enter(nowMs: number): object | undefined {
    const { state } = this;
    if (state.kind === 'closed') return state;
    if (state.kind === 'open') {
      if (nowMs < state.untilMs) return undefined;
      this.state = { ...fresh(), kind: 'half_open', openings: state.openings, out: 1 };
      return this.state;
    }
    if (state.out + state.good >= OPTIONS.probes) return undefined;
    state.out += 1;
    return state;
  }

  leave(token: object, verdict: Verdict, nowMs: number): void {
    if (token !== this.state) return;
    if (this.state.kind === 'half_open') {
      this.state.out -= 1;
      if (verdict === 'failure') this.open(nowMs, this.state.openings + 1);
      else if (verdict === 'success') this.state.good += 1;
      if (this.state.good >= OPTIONS.probes) this.close();
    } else if (verdict !== 'neutral') this.count(verdict === 'failure', nowMs);
  }

  private count(failed: boolean, nowMs: number): void {
    this.calls.push({ atMs: nowMs, failed });
    const slot = (atMs: number): number => Math.floor(atMs / (OPTIONS.windowMs / OPTIONS.buckets));
    const seen = this.calls.filter(({ atMs }) => slot(atMs) > slot(nowMs) - OPTIONS.buckets);
    const failures = seen.filter((one) => one.failed).length;
    const row = this.calls.length - 1 - this.calls.findLastIndex((one) => !one.failed);
    const ratio = seen.length >= OPTIONS.minimumCalls && failures / seen.length >= OPTIONS.failureRatio;
    if (failed && (row >= OPTIONS.consecutiveFailures || ratio)) this.open(nowMs, 1);
  }

  private open(nowMs: number, openings: number): void {
    const cooldownMs = Math.min(OPTIONS.maxCooldownMs, OPTIONS.cooldownMs * 2 ** (openings - 1));
    this.state = { ...fresh(), kind: 'open', untilMs: nowMs + cooldownMs, openings };
  }

  private close(): void {
    this.calls = [];
    this.state = fresh();
  }
}

const fresh = () => ({ kind: 'closed' as BreakerState['kind'], untilMs: 0, openings: 0, out: 0, good: 0 });

test('a breaker does what its plainest model does, whatever happens in whatever order', () => {
  const step = fc.record({
    waitMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 400 }), fc.constant(3_000)),
    act: fc.oneof(
      { weight: 4, arbitrary: fc.constant('enter' as const) },
      { weight: 4, arbitrary: fc.constantFrom<Verdict>('failure', 'success', 'neutral') },
      { weight: 3, arbitrary: fc.constant('failure' as const) },
    ),
    which: fc.nat(1_000),
  });
  const kinds = new Set<string>();
  const failedCall = [
    { waitMs: 0, act: 'enter', which: 0 },
    { waitMs: 0, act: 'failure', which: 0 },
  ] as const;
  const opensAndProbes = [...Array(4).fill(failedCall).flat(), { waitMs: 3_000, act: 'enter', which: 0 }];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const breaker = createBreaker(OPTIONS);
      const model = new Model();
      const inside: { epoch: number; token: object }[] = [];
      let nowMs = 10_000;
      for (const { waitMs, act, which } of steps) {
        nowMs += waitMs;
        if (act === 'enter' || inside.length === 0) {
          const epoch = breaker.enter(nowMs);
          const token = model.enter(nowMs);
          assert.equal(epoch === undefined, token === undefined);
          if (epoch !== undefined && token !== undefined) inside.push({ epoch, token });
        } else {
          const [one] = inside.splice(which % inside.length, 1);
          assert.ok(one !== undefined);
          breaker.tell({ kind: 'left', epoch: one.epoch, verdict: act }, nowMs);
          model.leave(one.token, act, nowMs);
        }
        kinds.add(breaker.state.kind);
        assert.equal(breaker.state.kind, model.state.kind);
        assert.equal(breaker.state.kind === 'open' ? breaker.state.untilMs : 0, model.state.untilMs);
      }
    }),
    { numRuns: 500, examples: [[opensAndProbes]] },
  );
  assert.deepEqual([...kinds].sort(), ['closed', 'half_open', 'open']);
});
