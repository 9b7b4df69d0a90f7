import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import {
  BOARD_DEFAULTS,
  type Board,
  type BoardOptions,
  createBoard,
  type Permit,
} from '../../src/reliability/board.ts';
import type { Verdict } from '../../src/reliability/breaker.ts';

const OPTIONS: BoardOptions = { ...BOARD_DEFAULTS, concurrency: 2, keys: 2, factsAgeMs: 0 };

/** Of the test that runs. */
let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
});

function permit(board: Board, key: string): Permit {
  const entry = board.enter(key, nowMs);
  assert.ok(entry.kind === 'admitted');
  return entry.permit;
}

function calls(board: Board, key: string, verdict: Verdict, times: number, latency = {}): void {
  for (let index = 0; index < times; index += 1) permit(board, key).done(verdict, latency, nowMs);
}

test('a key takes so many at once and turns the next away at once', () => {
  const board = createBoard(OPTIONS);
  const first = permit(board, 'a');
  permit(board, 'a');
  assert.equal(board.enter('a', nowMs).kind, 'full');
  permit(board, 'b');
  first.done('neutral', {}, nowMs);
  assert.equal(board.enter('a', nowMs).kind, 'admitted');
});

test('a permit gives its place back once, however often it is told', () => {
  const board = createBoard(OPTIONS);
  const twice = permit(board, 'a');
  permit(board, 'a');
  twice.done('success', {}, nowMs);
  twice.done('success', {}, nowMs);
  assert.equal(board.enter('a', nowMs).kind, 'admitted');
  assert.equal(board.enter('a', nowMs).kind, 'full');
});

test('an open key is turned away with the time until it may be asked again, and keeps no place', () => {
  const board = createBoard(OPTIONS);
  calls(board, 'a', 'failure', 5);
  nowMs = 2_000;
  assert.deepEqual(board.enter('a', nowMs), { kind: 'open', retryAfterMs: 3_000 });
  assert.deepEqual(board.enter('a', nowMs), { kind: 'open', retryAfterMs: 3_000 });
  nowMs = 5_000;
  assert.equal(board.enter('a', nowMs).kind, 'admitted');
  assert.equal(board.enter('a', nowMs).kind, 'admitted');
});

test('the first piece of an answer is enough for a probe; its place is taken until the end', () => {
  const board = createBoard(OPTIONS);
  calls(board, 'a', 'failure', 5);
  nowMs = 5_000;
  const probes = [permit(board, 'a'), permit(board, 'a')];
  assert.equal(board.facts(nowMs).get('a')?.breaker, 'half_open');
  for (const probe of probes) probe.answered(nowMs);
  assert.equal(board.enter('a', nowMs).kind, 'full');
  for (const probe of probes) probe.done('success', {}, nowMs);
  assert.equal(board.facts(nowMs).size, 0);
});

test('a call that broke after its first piece counts as a failure', () => {
  const board = createBoard(OPTIONS);
  for (let index = 0; index < 5; index += 1) {
    const one = permit(board, 'a');
    one.answered(nowMs);
    one.done('failure', {}, nowMs);
  }
  // Each had counted as a success first: the row is broken, the window is not long enough yet.
  assert.equal(board.facts(nowMs).get('a')?.errorRate, undefined);
  for (let index = 0; index < 5; index += 1) {
    const one = permit(board, 'a');
    one.answered(nowMs);
    one.done('failure', {}, nowMs);
  }
  assert.equal(board.facts(nowMs).get('a')?.breaker, 'open');
  assert.equal(board.facts(nowMs).get('a')?.errorRate, 1);
});

test('what is nominal is not told', () => {
  const board = createBoard(OPTIONS);
  calls(board, 'a', 'success', 30, { firstMs: 300, totalMs: 900 });
  board.mark('a', 1, nowMs);
  assert.equal(board.facts(nowMs).size, 0);
});

test('of a key that is slow, or fails, or is poor, all that is known is told', () => {
  const board = createBoard({ ...OPTIONS, keys: 3 });
  calls(board, 'slow', 'success', 10, { firstMs: 2_500 });
  calls(board, 'fails', 'success', 18, { firstMs: 100, totalMs: 900 });
  calls(board, 'fails', 'failure', 2);
  for (let index = 0; index < 3; index += 1) board.mark('poor', 0, nowMs);
  assert.deepEqual(Object.fromEntries(board.facts(nowMs)), {
    slow: { breaker: 'closed', errorRate: 0, firstMs: 2_500 },
    fails: { breaker: 'closed', errorRate: 0.1, firstMs: 100, totalMs: 900 },
    poor: { breaker: 'closed', quality: 0.9 ** 3 },
  });
});

test('a key that has cooled down is told as half open, so that somebody asks it again', () => {
  const board = createBoard(OPTIONS);
  calls(board, 'a', 'failure', 5);
  assert.equal(board.facts(nowMs).get('a')?.breaker, 'open');
  nowMs = 5_000;
  assert.equal(board.facts(nowMs).get('a')?.breaker, 'half_open');
});

test('facts are computed once in a while, and at once where a breaker changed', () => {
  const board = createBoard({ ...OPTIONS, factsAgeMs: 250 });
  const before = board.facts(nowMs);
  calls(board, 'a', 'success', 10, { firstMs: 9_000 });
  assert.equal(board.facts(nowMs), before);
  calls(board, 'a', 'failure', 5);
  assert.equal(board.facts(nowMs).get('a')?.breaker, 'open');
  const after = board.facts(nowMs);
  nowMs = 249;
  assert.equal(board.facts(nowMs), after);
  nowMs = 250;
  assert.notEqual(board.facts(nowMs), after);
});

test('beyond so many keys the one that was idle longest is forgotten, never one that is in use', () => {
  const board = createBoard(OPTIONS);
  const held = permit(board, 'held');
  nowMs = 1;
  calls(board, 'bad', 'failure', 5);
  board.enter('new', nowMs);
  assert.equal(board.facts(nowMs).size, 0);
  for (let index = 0; index < 5; index += 1) calls(board, `x${index}`, 'success', 1);
  held.done('neutral', {}, nowMs);
  assert.equal(board.facts(nowMs).size, 0);
});
