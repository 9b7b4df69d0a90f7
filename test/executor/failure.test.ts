import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AttemptFailure, FailedOutcome } from '../../src/core/attempt-failure.ts';
import { Failure, type FailureCode } from '../../src/core/failure.ts';
import { BOARD_DEFAULTS } from '../../src/reliability/board.ts';
import { fail, plan, step, world } from './scripted.ts';

const SECRET = 'sk-canary-1234567890';

interface Case {
  readonly outcome: Exclude<FailedOutcome, 'degraded' | 'cancelled'>;
  readonly code: FailureCode;
  /** The vendor's words are about the request, and the caller's to know. */
  readonly quotes: boolean;
}

const CASES: readonly Case[] = [
  { outcome: 'rate_limited', code: 'upstream_rate_limited', quotes: false },
  { outcome: 'timeout', code: 'upstream_timeout', quotes: true },
  { outcome: 'connection', code: 'upstream_unavailable', quotes: false },
  { outcome: 'unavailable', code: 'upstream_unavailable', quotes: false },
  { outcome: 'auth', code: 'upstream_unavailable', quotes: false },
  { outcome: 'context_length', code: 'context_too_long', quotes: true },
  { outcome: 'content_filter', code: 'content_filtered', quotes: true },
  { outcome: 'invalid_request', code: 'upstream_rejected', quotes: true },
];

async function failureAfter(...failures: readonly AttemptFailure[]): Promise<Failure> {
  const targets = failures.map((_, index) => `p${index}/m`);
  const acts = Object.fromEntries(targets.map((target, index) => [target, [fail('unavailable', failures[index])]]));
  const { run, order } = world({ acts });
  const execution = await run(order({ plan: plan(targets.map((target) => step(target))) }));
  assert.ok(execution.kind === 'failed');
  return execution.failure;
}

describe('a call without an answer', () => {
  for (const { outcome, code, quotes } of CASES) {
    test(`whose last attempt was ${outcome} is ${code}, ${quotes ? 'with' : 'without'} the vendor's words`, async () => {
      const failure = await failureAfter({ outcome, message: SECRET, status: 418 });
      assert.equal(failure.code, code);
      assert.deepEqual(failure.details, { target: 'p0/m', attempts: 1 });
      assert.equal(failure.message.includes(SECRET), quotes);
      assert.ok(failure.message.startsWith('p0/m: '));
    });
  }

  test('for want of a connection is told to come back, and its target is not blamed', async () => {
    const crowded: AttemptFailure = { outcome: 'timeout', message: 'all 8 are in use', sent: false, crowded: true };
    const { run, order, executor } = world({ acts: { 'p/a': [fail('timeout', crowded)] } });
    const { consecutiveFailures } = BOARD_DEFAULTS.breaker;
    for (let made = 0; made < 2 * consecutiveFailures; made += 1) {
      const execution = await run(order());
      assert.ok(execution.kind === 'failed');
      assert.deepEqual(
        [execution.failure.code, execution.failure.message, execution.attempts.length],
        ['overloaded', 'p/a: all 8 are in use, after 1 attempt', 1],
      );
    }
    assert.deepEqual(executor.health(), {});
  });

  test('says when to come back by the smallest pause that any vendor asked for', async () => {
    const limited = (retryAfterMs: number): AttemptFailure => ({ outcome: 'rate_limited', message: 'x', retryAfterMs });
    const failure = await failureAfter(limited(40_000), limited(20_000), { outcome: 'rate_limited', message: 'x' });
    assert.deepEqual(failure.details, { target: 'p2/m', attempts: 3, retryAfterMs: 20_000 });
  });

  test('clips what a vendor says', async () => {
    const failure = await failureAfter({ outcome: 'invalid_request', message: 'x'.repeat(10_000) });
    assert.ok(failure.message.length < 320);
  });

  test('names what cannot be said to a vendor as it was found when it was written', async () => {
    const reason = new Failure('unsupported', 'tools[0]: cannot be said', { details: { param: 'tools[0]' } });
    const { run, order } = world({ acts: { 'p/a': [{ kind: 'throw', reason }] } });
    const execution = await run(order());
    assert.ok(execution.kind === 'failed');
    assert.equal(execution.failure.code, 'unsupported');
    assert.equal(execution.failure.message, 'tools[0]: cannot be said');
    assert.equal(execution.failure.details.param, 'tools[0]');
    assert.equal(execution.attempts[0]?.cost.kind, 'none');
  });

  test('withholds the words of a fault of ours, and keeps it as the cause', async () => {
    const reason = new TypeError(SECRET);
    const { run, order } = world({ acts: { 'p/a': [{ kind: 'throw', reason }] } });
    const execution = await run(order());
    assert.ok(execution.kind === 'failed');
    assert.equal(execution.failure.code, 'upstream_unavailable');
    assert.equal(execution.failure.message.includes(SECRET), false);
    assert.equal(execution.failure.cause, reason);
  });
});
