import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SYSTEM_TIMERS } from '../../src/reliability/timers.ts';

test('the host runs a timer once, and not before its time, rounded up', (context: TestContext) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const ran: string[] = [];
  SYSTEM_TIMERS.after(10.2, () => ran.push('a'));
  context.mock.timers.tick(10);
  assert.deepEqual(ran, []);
  context.mock.timers.tick(1);
  context.mock.timers.tick(100);
  assert.deepEqual(ran, ['a']);
});

test('a cancelled timer never runs, and cancelling it again does nothing', (context: TestContext) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const ran: string[] = [];
  const cancel = SYSTEM_TIMERS.after(5, () => ran.push('a'));
  cancel();
  cancel();
  context.mock.timers.tick(100);
  assert.deepEqual(ran, []);
});

test('a wait longer than the host can count does not fire at once', (context: TestContext) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const ran: string[] = [];
  SYSTEM_TIMERS.after(Number.POSITIVE_INFINITY, () => ran.push('a'));
  context.mock.timers.tick(86_400_000);
  assert.deepEqual(ran, []);
});
