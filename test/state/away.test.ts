import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account, HoldRequest, HoldResult } from '../../src/core/account.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Accounts, HoldOptions } from '../../src/flows/accounts.ts';
import { createAwayAccounts } from '../../src/state/accounts/away.ts';
import { createMemoryAccounts } from '../../src/state/accounts/memory.ts';
import { fakeTime } from '../support/fake-time.ts';

const TEAM: Account = { key: 'team|2026-11', budget: 'team', limitNano: 1_000n, ceilingNano: 1_000n };
const COUNTED: Account = { key: 'counted|2026-11', budget: 'counted', limitNano: 10n };

/** Accounts that can be away. */
function setUp(most?: number) {
  const time = fakeTime();
  let fences = 0;
  const fence = (): string => `fence-${fences++}`;
  const shared = createMemoryAccounts({ clock: time, fence });
  const state = { away: false };
  const here = <Answer>(answer: () => Answer): Promise<Answer> =>
    state.away ? Promise.reject(new Failure('unavailable', 'nobody is there')) : Promise.resolve().then(answer);
  const inner: Accounts = {
    hold: (request) => here(() => shared.hold(request)),
    settle: (request) => here(() => shared.settle(request)),
    balances: (accounts) => here(() => shared.balances(accounts)),
    close: async () => undefined,
  };
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const accounts = createAwayAccounts(inner, {
    clock: time,
    timers: time,
    fence,
    warn,
    ...(most === undefined ? undefined : { most }),
  });
  const hold = async (id: string, amountNano: bigint, away?: HoldOptions['away'], more: Partial<HoldRequest> = {}) =>
    accounts.hold(
      { id, amountNano, accounts: [TEAM, COUNTED], rates: [], slots: [], leaseMs: 60_000, ...more },
      away === undefined ? {} : { away },
    );
  const settle = async (id: string, result: HoldResult, costNano: bigint) =>
    accounts.settle({ id, fence: fenceOf(result), costNano, accounts: [TEAM, COUNTED] });
  const balances = () => shared.balances([TEAM, COUNTED]).map(({ settledNano, heldNano }) => [settledNano, heldNano]);
  return { time, state, accounts, hold, settle, balances, warnings };
}

const ALLOWANCE = { kind: 'allowance', nano: 100n } as const;
const RECORD = { kind: 'record' } as const;
const fenceOf = (result: HoldResult): string => (result.kind === 'held' ? result.fence : `not held: ${result.kind}`);
const isUnavailable = (reason: unknown): boolean => reason instanceof Failure && reason.code === 'unavailable';

test('while the accounts are there, nothing but them is asked', async () => {
  const { hold, settle, balances } = setUp();
  const held = await hold('a', 900n, ALLOWANCE);
  assert.deepEqual(balances(), [
    [0n, 900n],
    [0n, 900n],
  ]);
  assert.equal((await settle('a', held, 400n)).kind, 'settled');
  assert.equal((await hold('b', 601n, RECORD)).kind, 'short');
});

test('what nobody tells the cost of ends with its lease, and the next time is another time', async () => {
  const { time, state, hold, settle } = setUp();
  state.away = true;
  await settle('a', await hold('a', 60n, ALLOWANCE), 60n);
  for (let index = 0; index < 40; index += 1) await hold(`left-${index}`, 1n, ALLOWANCE, { leaseMs: 1_000 });
  assert.equal((await hold('b', 1n, ALLOWANCE)).kind, 'short');
  state.away = false;
  await time.advance(1_001);
  for (let index = 0; index < 5; index += 1) await hold(`here-${index}`, 0n);
  state.away = true;
  assert.equal((await hold('c', 100n, ALLOWANCE)).kind, 'held');
});

test('denies where policy says nothing, or to deny', async () => {
  const { state, hold } = setUp();
  state.away = true;
  await assert.rejects(hold('a', 1n), isUnavailable);
  await assert.rejects(hold('b', 1n, { kind: 'deny' }), isUnavailable);
});

test('lets an allowance be spent, held and settled together, and not one nano-dollar more', async () => {
  const { state, hold, settle } = setUp();
  state.away = true;
  const first = await hold('a', 60n, ALLOWANCE);
  assert.equal((await hold('b', 41n, ALLOWANCE)).kind, 'short');
  const second = await hold('c', 40n, ALLOWANCE);
  assert.equal((await settle('a', first, 50n)).kind, 'late');
  assert.equal((await hold('d', 11n, ALLOWANCE)).kind, 'short');
  assert.equal((await hold('e', 10n, ALLOWANCE)).kind, 'held');
  await settle('c', second, 0n);
  assert.equal((await hold('f', 40n, ALLOWANCE)).kind, 'held');
  assert.equal((await hold('g', 1n, ALLOWANCE)).kind, 'short');
});

test('an allowance is for the whole outage: no window and no lease renews what was settled', async () => {
  const { state, time, hold, settle } = setUp();
  state.away = true;
  await settle('a', await hold('a', 100n, ALLOWANCE), 100n);
  await time.advance(3_600_000);
  assert.equal((await hold('b', 1n, ALLOWANCE)).kind, 'short');
});

test('a budget that is smaller than the allowance is not passed', async () => {
  const { state, hold } = setUp();
  state.away = true;
  assert.equal((await hold('a', 1_001n, { kind: 'allowance', nano: 5_000n })).kind, 'short');
});

test('limits bound what an allowance lets through', async () => {
  const { state, hold } = setUp();
  state.away = true;
  const slots = [{ key: 'calls|calls', limit: 'calls', places: 1 }];
  assert.equal((await hold('a', 1n, ALLOWANCE, { slots })).kind, 'held');
  assert.equal((await hold('b', 1n, ALLOWANCE, { slots })).kind, 'throttled');
});

test('what was let through and settled meanwhile is told when they are back, before more is held', async () => {
  const { state, hold, settle, balances } = setUp();
  const before = await hold('before', 300n);
  state.away = true;
  await settle('before', before, 200n);
  await settle('a', await hold('a', 100n, ALLOWANCE), 90n);
  await settle('b', await hold('b', 700n, RECORD), 650n);
  assert.deepEqual(balances()[0], [0n, 300n]);
  state.away = false;
  assert.equal((await hold('c', 61n, RECORD)).kind, 'short');
  assert.deepEqual(balances(), [
    [940n, 0n],
    [940n, 0n],
  ]);
  assert.equal((await hold('d', 60n)).kind, 'held');
});

test('nobody need ask: what is owed is told in time', async () => {
  const { state, time, hold, settle, balances } = setUp();
  state.away = true;
  await settle('a', await hold('a', 100n, RECORD), 90n);
  await time.advance(3_000);
  state.away = false;
  await time.advance(1_000);
  assert.deepEqual(balances()[0], [90n, 0n]);
  assert.equal(time.pending, 0);
});

test('what is let through while they are away and ends when they are back is settled with them', async () => {
  const { state, hold, settle, balances } = setUp();
  state.away = true;
  const held = await hold('a', 100n, ALLOWANCE);
  state.away = false;
  assert.equal((await settle('a', held, 80n)).kind, 'late');
  assert.deepEqual(balances()[0], [80n, 0n]);
});

test('once all is told, the next outage has its own allowance', async () => {
  const { state, hold, settle } = setUp();
  state.away = true;
  await settle('a', await hold('a', 100n, ALLOWANCE), 100n);
  state.away = false;
  await settle('b', await hold('b', 1n), 1n);
  state.away = true;
  assert.equal((await hold('c', 100n, ALLOWANCE)).kind, 'held');
});

test('no more is kept than may be: whoever settles then is told', async () => {
  const { state, hold, settle } = setUp(1);
  state.away = true;
  const [a, b] = [await hold('a', 1n, RECORD), await hold('b', 1n, RECORD)];
  assert.equal((await settle('a', a, 1n)).kind, 'late');
  await assert.rejects(settle('b', b, 1n), isUnavailable);
});

test('what a rebuilt state has in it already is not told again', async () => {
  const { state, time, accounts, hold, settle, balances, warnings } = setUp();
  state.away = true;
  await settle('a', await hold('a', 10n, RECORD), 10n);
  await time.advance(5_000);
  await settle('b', await hold('b', 7n, RECORD), 7n);
  accounts.rebuilt(time.nowMs());
  state.away = false;
  await hold('c', 1n);
  assert.deepEqual(balances()[0], [7n, 1n]);
  assert.match(warnings.join('\n'), /1 settlements that could not be told are in what was rebuilt/);
});

test('a failure that is no outage is nobody else to answer', async () => {
  const { hold } = setUp();
  await assert.rejects(hold('a', -1n, RECORD), (reason) => reason instanceof Failure && reason.code !== 'unavailable');
});
