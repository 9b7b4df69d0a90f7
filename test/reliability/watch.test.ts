import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Expired, Watch, type WatchLimits } from '../../src/reliability/watch.ts';
import { fakeTime } from '../support/fake-time.ts';

const LIMITS: WatchLimits = {
  firstMs: 800,
  idleMs: 500,
  totalMs: 10_000,
  throughput: { windowMs: 2_000, units: 10 },
};

type Act = readonly ['wait', number] | readonly ['seen', number] | readonly ['hold' | 'release' | 'stop'];

interface Case {
  readonly name: string;
  readonly limits?: Partial<WatchLimits>;
  readonly script: readonly Act[];
  /** With the time at which it expired, from the start. */
  readonly expires: readonly [Expired, number] | undefined;
}

const drip = (times: number, everyMs: number, units: number): Act[] =>
  Array.from({ length: times }, (): Act[] => [
    ['wait', everyMs],
    ['seen', units],
  ]).flat();

const CASES: readonly Case[] = [
  { name: 'nothing comes', script: [['wait', 2_000]], expires: ['first', 800] },
  {
    name: 'the first piece comes just in time',
    script: [
      ['wait', 799],
      ['seen', 1],
      ['wait', 400],
    ],
    expires: undefined,
  },
  {
    name: 'a pause is too long',
    script: [
      ['wait', 100],
      ['seen', 99],
      ['wait', 900],
    ],
    expires: ['idle', 600],
  },
  { name: 'pieces keep coming until the end is due', script: drip(60, 200, 5), expires: ['total', 10_000] },
  { name: 'too little comes in a while', script: drip(30, 400, 1), expires: ['slow', 2_400] },
  { name: 'enough comes in each while', script: drip(20, 400, 3), expires: undefined },
  {
    name: 'little comes, and no throughput is asked for',
    limits: { throughput: { windowMs: 2_000, units: 0 } },
    script: drip(20, 400, 1),
    expires: undefined,
  },
  {
    name: 'the reader holds it for longer than any pause',
    script: [['wait', 100], ['seen', 1], ['hold'], ['wait', 5_000], ['release'], ['wait', 499]],
    expires: undefined,
  },
  {
    name: 'a pause begins where the reader lets go',
    script: [['wait', 100], ['seen', 1], ['hold'], ['wait', 5_000], ['release'], ['wait', 900]],
    expires: ['idle', 5_600],
  },
  {
    name: 'too little comes since the reader let go, however much came before',
    script: [['wait', 100], ['seen', 99], ['hold'], ['wait', 100], ['release'], ...drip(10, 400, 1)],
    expires: ['slow', 2_200],
  },
  {
    name: 'the reader holds it until the end is due',
    script: [['seen', 1], ['hold'], ['wait', 20_000]],
    expires: ['total', 10_000],
  },
  { name: 'it is stopped', script: [['seen', 1], ['stop'], ['wait', 20_000], ['seen', 1]], expires: undefined },
  { name: 'it comes whole', limits: { totalMs: 3_000 }, script: [['wait', 3_500]], expires: ['first', 800] },
];

describe('a watch', () => {
  for (const { name, limits, script, expires } of CASES) {
    test(`${expires === undefined ? 'is content' : `says ${expires[0]} after ${expires[1]} ms`} where ${name}`, async () => {
      const time = fakeTime(0);
      const expired: (readonly [Expired, number])[] = [];
      const watch = new Watch({ clock: time, timers: time }, { ...LIMITS, ...limits }, 0, (why) => {
        expired.push([why, time.nowMs()]);
      });
      for (const [act, amount] of script) {
        if (act === 'wait') await time.advance(amount);
        else if (act === 'seen') watch.seen(amount, time.nowMs());
        else if (act === 'release') watch.release(time.nowMs());
        else watch[act]();
        assert.ok(time.pending <= 1);
      }
      assert.deepEqual(expired, expires === undefined ? [] : [expires]);
    });
  }

  test('without a first limit, only the end in time is asked of what comes whole', async () => {
    const time = fakeTime(0);
    const expired: (readonly [Expired, number])[] = [];
    const { firstMs: _, ...limits } = LIMITS;
    new Watch({ clock: time, timers: time }, limits, 0, (why) => expired.push([why, time.nowMs()]));
    await time.advance(20_000);
    assert.deepEqual(expired, [['total', 10_000]]);
    assert.equal(time.pending, 0);
  });

  test('a timer of the host that fires early is set anew, not believed', async () => {
    const time = fakeTime(0);
    const hasty = { after: (ms: number, run: () => void) => time.after(ms > 1 ? ms - 1 : ms, run) };
    const expired: (readonly [Expired, number])[] = [];
    new Watch({ clock: time, timers: hasty }, LIMITS, 0, (why) => expired.push([why, time.nowMs()]));
    await time.advance(5_000);
    assert.deepEqual(expired, [['first', 800]]);
  });
});

test('whatever comes whenever, a watch expires exactly when a pause, the first piece or the end is overdue', async () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(gaps, async (waits) => {
      const time = fakeTime(0);
      let expired: readonly [Expired, number] | undefined;
      const limits = { ...LIMITS, totalMs: 3_000, throughput: { windowMs: 1, units: 0 } };
      const watch = new Watch({ clock: time, timers: time }, limits, 0, (why) => {
        expired = [why, time.nowMs()];
      });
      let lastMs = 0;
      let expected: readonly [Expired, number] | undefined;
      for (const [index, waitMs] of [...waits, 5_000].entries()) {
        const dueMs = index === 0 ? 800 : lastMs + 500;
        if (lastMs + waitMs >= Math.min(dueMs, 3_000)) {
          expected = dueMs < 3_000 ? [index === 0 ? 'first' : 'idle', dueMs] : ['total', 3_000];
          await time.advance(waitMs);
          break;
        }
        await time.advance(waitMs);
        lastMs += waitMs;
        watch.seen(1, lastMs);
      }
      assert.deepEqual(expired, expected);
      assert.equal(time.pending, 0);
    }),
    { numRuns: 60 },
  );
});
