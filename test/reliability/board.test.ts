import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BOARD_DEFAULTS,
  type Board,
  type BoardOptions,
  createBoard,
  type Permit,
} from '../../src/reliability/board.ts';
import type { Verdict } from '../../src/reliability/breaker.ts';
import { setClock } from '../support/clock.ts';

const OPTIONS: BoardOptions = { ...BOARD_DEFAULTS, concurrency: 2, keys: 2, factsAgeMs: 0 };

function permit(board: Board, key: string): Permit {
  const entry = board.enter(key);
  assert.ok(entry.kind === 'admitted');
  return entry.permit;
}

function calls(board: Board, key: string, verdict: Verdict, times: number, latency = {}): void {
  for (let index = 0; index < times; index += 1) permit(board, key).done(verdict, latency);
}

test('a key takes so many at once and turns the next away at once', () => {
  const board = createBoard(setClock(0), OPTIONS);
  const first = permit(board, 'a');
  permit(board, 'a');
  assert.equal(board.enter('a').kind, 'full');
  permit(board, 'b');
  first.done('neutral', {});
  assert.equal(board.enter('a').kind, 'admitted');
});

test('a permit gives its place back once, however often it is told', () => {
  const board = createBoard(setClock(0), OPTIONS);
  const twice = permit(board, 'a');
  permit(board, 'a');
  twice.done('success', {});
  twice.done('success', {});
  assert.equal(board.enter('a').kind, 'admitted');
  assert.equal(board.enter('a').kind, 'full');
});

test('an open key is turned away with the time until it may be asked again, and keeps no place', () => {
  const clock = setClock(0);
  const board = createBoard(clock, OPTIONS);
  calls(board, 'a', 'failure', 5);
  clock.setMs(2_000);
  assert.deepEqual(board.enter('a'), { kind: 'open', retryAfterMs: 3_000 });
  assert.deepEqual(board.enter('a'), { kind: 'open', retryAfterMs: 3_000 });
  clock.setMs(5_000);
  assert.equal(board.enter('a').kind, 'admitted');
  assert.equal(board.enter('a').kind, 'admitted');
});

test('the first piece of an answer is enough for a probe; its place is taken until the end', () => {
  const clock = setClock(0);
  const board = createBoard(clock, OPTIONS);
  calls(board, 'a', 'failure', 5);
  clock.setMs(5_000);
  const probes = [permit(board, 'a'), permit(board, 'a')];
  assert.equal(board.facts().get('a')?.breaker, 'half_open');
  for (const probe of probes) probe.answered();
  assert.equal(board.enter('a').kind, 'full');
  for (const probe of probes) probe.done('success', {});
  assert.equal(board.facts().size, 0);
});

test('a call that broke after its first piece counts as a failure', () => {
  const board = createBoard(setClock(0), OPTIONS);
  for (let index = 0; index < 5; index += 1) {
    const one = permit(board, 'a');
    one.answered();
    one.done('failure', {});
  }
  // Each had counted as a success first: the row is broken, the window is not long enough yet.
  assert.equal(board.facts().get('a')?.errorRate, undefined);
  for (let index = 0; index < 5; index += 1) {
    const one = permit(board, 'a');
    one.answered();
    one.done('failure', {});
  }
  assert.equal(board.facts().get('a')?.breaker, 'open');
  assert.equal(board.facts().get('a')?.errorRate, 1);
});

test('what is nominal is not told', () => {
  const board = createBoard(setClock(0), OPTIONS);
  calls(board, 'a', 'success', 30, { firstMs: 300, totalMs: 900 });
  board.mark('a', 1);
  assert.equal(board.facts().size, 0);
});

test('of a key that is slow, or fails, or is poor, all that is known is told', () => {
  const board = createBoard(setClock(0), { ...OPTIONS, keys: 3 });
  calls(board, 'slow', 'success', 10, { firstMs: 2_500 });
  calls(board, 'fails', 'success', 18, { firstMs: 100 });
  calls(board, 'fails', 'failure', 2);
  for (let index = 0; index < 3; index += 1) board.mark('poor', 0);
  assert.deepEqual(Object.fromEntries(board.facts()), {
    slow: { breaker: 'closed', errorRate: 0, firstMs: 2_500 },
    fails: { breaker: 'closed', errorRate: 0.1, firstMs: 100 },
    poor: { breaker: 'closed', quality: 0.9 ** 3 },
  });
});

test('a key that has cooled down is told as half open, so that somebody asks it again', () => {
  const clock = setClock(0);
  const board = createBoard(clock, OPTIONS);
  calls(board, 'a', 'failure', 5);
  assert.equal(board.facts().get('a')?.breaker, 'open');
  clock.setMs(5_000);
  assert.equal(board.facts().get('a')?.breaker, 'half_open');
});

test('facts are computed once in a while, and at once where a breaker changed', () => {
  const clock = setClock(0);
  const board = createBoard(clock, { ...OPTIONS, factsAgeMs: 250 });
  const before = board.facts();
  calls(board, 'a', 'success', 10, { firstMs: 9_000 });
  assert.equal(board.facts(), before);
  calls(board, 'a', 'failure', 5);
  assert.equal(board.facts().get('a')?.breaker, 'open');
  const after = board.facts();
  clock.setMs(249);
  assert.equal(board.facts(), after);
  clock.setMs(250);
  assert.notEqual(board.facts(), after);
});

test('beyond so many keys the one that was idle longest is forgotten, never one that is in use', () => {
  const clock = setClock(0);
  const board = createBoard(clock, OPTIONS);
  const held = permit(board, 'held');
  clock.setMs(1);
  calls(board, 'bad', 'failure', 5);
  board.enter('new');
  assert.equal(board.facts().size, 0);
  for (let index = 0; index < 5; index += 1) calls(board, `x${index}`, 'success', 1);
  held.done('neutral', {});
  assert.equal(board.facts().size, 0);
});
