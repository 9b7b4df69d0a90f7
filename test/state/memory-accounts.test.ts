/** Accounts in memory: what it keeps, how much of it, and what it does when there is no more room. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Account, HoldRequest } from '../../src/core/account.ts';
import { Failure } from '../../src/core/failure.ts';
import { createMemoryAccounts, type MemoryAccountsOptions } from '../../src/state/accounts/memory.ts';
import { setClock } from '../support/clock.ts';

const START_MS = 1_795_305_600_000;
const DAY_MS = 86_400_000;
const LEASE_MS = 60_000;
const accountOf = (budget: string, resetsAtMs?: number): Account => ({
  key: `${budget}|w`,
  budget,
  limitNano: 1_000n,
  ceilingNano: 1_000n,
  ...(resetsAtMs === undefined ? undefined : { resetsAtMs }),
});
const TEAM = accountOf('team');

function open(options: Partial<MemoryAccountsOptions> = {}) {
  const clock = setClock(START_MS);
  let fences = 0;
  const accounts = createMemoryAccounts({ clock, fence: () => `fence-${fences++}`, ...options });
  const hold = (id: string, amountNano: bigint, more: Partial<HoldRequest> = {}) =>
    accounts.hold({ id, amountNano, accounts: [TEAM], rates: [], slots: [], leaseMs: LEASE_MS, ...more });
  return { accounts, hold, advance: (ms: number) => clock.setMs(clock.nowMs() + ms) };
}

const isFailure = (code: string) => (reason: unknown) => reason instanceof Failure && reason.code === code;

test('nobody is refused for leases that ended, however many did', () => {
  const { hold, advance } = open();
  for (let index = 0; index < 1_000; index += 1) hold(`${index}`, 1n);
  advance(LEASE_MS);
  assert.equal(hold('all', 1_000n).kind, 'held');
});

test('a settlement behind its lease is late, also where nobody has given the lease back yet', () => {
  const { accounts, hold, advance } = open();
  for (let index = 0; index < 200; index += 1) hold(`${index}`, 1n, { leaseMs: LEASE_MS - index });
  advance(LEASE_MS);
  // The one that ended last is looked at last.
  const settled = accounts.settle({ id: '0', fence: 'fence-0', costNano: 5n, accounts: [TEAM] });
  assert.equal(settled.kind, 'late');
  assert.deepEqual(accounts.balances([TEAM]), [{ key: TEAM.key, settledNano: 5n, heldNano: 0n }]);
});

test('an account that is named twice is held and charged once', () => {
  const { accounts, hold } = open();
  hold('a', 10n, { accounts: [TEAM, TEAM] });
  assert.equal(accounts.balances([TEAM])[0]?.heldNano, 10n);
  accounts.settle({ id: 'a', fence: 'fence-0', costNano: 7n, accounts: [TEAM, TEAM] });
  assert.deepEqual(accounts.balances([TEAM]), [{ key: TEAM.key, settledNano: 7n, heldNano: 0n }]);
});

test('more holds than there is room for are refused, and nothing is held of them', () => {
  const { accounts, hold } = open({ maxHolds: 2 });
  for (const id of ['a', 'b']) hold(id, 1n);
  assert.throws(() => hold('c', 1n), isFailure('overloaded'));
  assert.equal(accounts.balances([TEAM])[0]?.heldNano, 2n);
  assert.equal(hold('a', 1n).kind, 'held');
});

test('more accounts than there is room for are refused, and nothing is held of them', () => {
  const { accounts, hold } = open({ maxAccounts: 2 });
  hold('a', 1n, { accounts: [TEAM, accountOf('app')] });
  assert.throws(() => hold('b', 1n, { accounts: [TEAM, accountOf('more')] }), isFailure('overloaded'));
  assert.equal(accounts.balances([TEAM])[0]?.heldNano, 1n);
  assert.equal(hold('c', 1n, { accounts: [TEAM, accountOf('app')] }).kind, 'held');
});

test('accounts are forgotten a day behind their window, once nothing is held of them', () => {
  const { accounts, hold, advance } = open({ maxAccounts: 2 });
  const [old, held] = [accountOf('old', START_MS + 1_000), accountOf('held', START_MS + 1_000)];
  hold('a', 1n, { accounts: [old] });
  hold('b', 1n, { accounts: [held], leaseMs: 2 * DAY_MS });
  accounts.settle({ id: 'a', fence: 'fence-0', costNano: 1n, accounts: [old] });
  advance(DAY_MS + 999);
  assert.throws(() => hold('c', 1n), isFailure('overloaded'));
  advance(1);
  // They are looked for once in a while.
  for (let looks = 0; looks < 16; looks += 1) hold('nothing', 0n, { accounts: [] });
  assert.equal(hold('c', 1n).kind, 'held');
  assert.deepEqual(
    accounts.balances([old, held]).map(({ settledNano, heldNano }) => [settledNano, heldNano]),
    [
      [0n, 0n],
      [0n, 1n],
    ],
  );
});

test('of settlements the last so many are told from new ones', () => {
  const { accounts, hold } = open({ leastSettled: 2 });
  const ids = ['a', 'b', 'c', 'd', 'e'];
  for (const id of ids) hold(id, 1n);
  for (const [index, id] of ids.entries()) {
    accounts.settle({ id, fence: `fence-${index}`, costNano: 1n, accounts: [TEAM] });
  }
  const again = (id: string, fence: string) => accounts.settle({ id, fence, costNano: 1n, accounts: [TEAM] }).kind;
  assert.deepEqual(
    [again('d', 'fence-3'), again('e', 'fence-4'), again('a', 'fence-0')],
    ['duplicate', 'duplicate', 'late'],
  );
});

test('leases end in their order, whatever is settled between', () => {
  const call = fc.record({ leaseMs: fc.integer({ min: 1, max: 1_000 }), settles: fc.boolean() });
  const calls = fc.array(call, { minLength: 1, maxLength: 200 });
  const steps = fc.array(fc.nat({ max: 200 }), { maxLength: 12 });
  // What takes the place of a settled one ends before those above it.
  const rises = [1, 100, 2, 101, 102, 3, 4].map((leaseMs) => ({ leaseMs, settles: leaseMs === 101 }));
  const inOrder = fc.property(calls, steps, (asked, passing) => {
    const { accounts, hold, advance } = open();
    for (const [index, { leaseMs }] of asked.entries()) hold(`${index}`, 1n, { leaseMs });
    for (const [index, { settles }] of asked.entries()) {
      if (settles) accounts.settle({ id: `${index}`, fence: `fence-${index}`, costNano: 0n, accounts: [TEAM] });
    }
    let nowMs = 0;
    for (const ms of passing) {
      advance(ms);
      nowMs += ms;
      const left = asked.filter(({ leaseMs, settles }) => !settles && leaseMs > nowMs).length;
      assert.equal(accounts.balances([TEAM])[0]?.heldNano, BigInt(left));
    }
  });
  fc.assert(inOrder, { examples: [[rises, [50]]] });
});
