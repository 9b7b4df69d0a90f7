import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createHealth, type HealthOptions } from '../../src/reliability/health.ts';

const OPTIONS: HealthOptions = {
  windowMs: 60_000,
  buckets: 6,
  samples: 4,
  qualityWeight: 0.5,
  qualityHalfLifeMs: 10_000,
};

test('nothing seen is nothing told', () => {
  assert.deepEqual(createHealth(OPTIONS).read(0), { calls: 0, errors: 0 });
});

test('errors are counted over a window that rolls', () => {
  const health = createHealth(OPTIONS);
  health.count(true, 5_000);
  health.count(false, 25_000);
  assert.deepEqual(health.read(59_999), { calls: 2, errors: 1 });
  assert.deepEqual(health.read(60_000), { calls: 1, errors: 0 });
  health.count(true, 65_000);
  assert.deepEqual(health.read(69_000), { calls: 2, errors: 1 });
  assert.deepEqual(health.read(1_000_000), { calls: 0, errors: 0 });
});

test('latencies are told by the median of the last few that are fresh', () => {
  const health = createHealth(OPTIONS);
  for (const ms of [9_000, 100, 300, 200, 400]) health.first(ms, 0);
  health.total(1_234, 0);
  assert.deepEqual(health.read(1), { calls: 0, errors: 0, firstMs: 200, totalMs: 1_234 });
  assert.deepEqual(health.read(60_000), { calls: 0, errors: 0 });
});

const MARKS: readonly { name: string; marks: readonly number[]; quality: number | undefined }[] = [
  { name: 'no mark', marks: [], quality: undefined },
  { name: 'one bad answer is no verdict', marks: [0], quality: 0.5 },
  { name: 'good answers after it make up for it', marks: [0, 1, 1], quality: 0.875 },
  { name: 'a mark beyond its range is cut', marks: [-5], quality: 0.5 },
  { name: 'and on the other side', marks: [0, 99], quality: 0.75 },
  { name: 'what is no number is left out', marks: [Number.NaN], quality: undefined },
];

for (const { name, marks, quality } of MARKS) {
  test(`quality: ${name}`, () => {
    const health = createHealth(OPTIONS);
    for (const mark of marks) health.mark(mark, 0);
    assert.equal(health.read(0).quality, quality);
  });
}

test('bad quality is forgiven by and by, so that a target which is not asked any more comes back', () => {
  const health = createHealth(OPTIONS);
  health.mark(0, 0);
  assert.equal(health.read(10_000).quality, 0.75);
  assert.equal(health.read(20_000).quality, 0.875);
});

test('whatever is told in whatever order, errors are part of calls, and quality stays in its range', () => {
  const told = fc.record({
    atMs: fc.integer({ min: 0, max: 300_000 }),
    failed: fc.boolean(),
    mark: fc.double({ min: -2, max: 2 }),
  });
  fc.assert(
    fc.property(fc.array(told, { maxLength: 80 }), fc.integer({ min: 0, max: 400_000 }), (all, readAtMs) => {
      const health = createHealth(OPTIONS);
      for (const { atMs, failed, mark } of all) {
        health.count(failed, atMs);
        health.mark(mark, atMs);
      }
      const { calls, errors, quality = 1 } = health.read(readAtMs);
      assert.ok(errors >= 0 && errors <= calls && calls <= all.length);
      assert.ok(quality >= 0 && quality <= 1);
    }),
  );
});
