/** What policy is told of budgets that are kept here: as they stand, without a trip for every decision. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account, Balance } from '../../src/core/account.ts';
import type { BudgetStep } from '../../src/core/budget.ts';
import type { Call, Caller } from '../../src/core/call.ts';
import type { Facts } from '../../src/core/facts.ts';
import { Failure } from '../../src/core/failure.ts';
import { createAccountFacts } from '../../src/state/accounts/facts.ts';
import { createRequestFacts } from '../../src/state/facts.ts';
import { setClock } from '../support/clock.ts';

const CALL: Call = { operation: 'chat' };
const CALLER: Caller = { subject: 's', team: 'search', application: 'a', environment: 'prod', roles: [] };
const STEPS: readonly BudgetStep[] = [
  { at: 0.5, does: 'alert' },
  { at: 0.8, does: 'warn' },
  { at: 1, does: 'deny' },
];
const RESETS_AT_MS = Date.UTC(2026, 11, 1);
const TEAM: Account = {
  key: 'team|2026-11',
  budget: 'team',
  limitNano: 1_000n,
  ceilingNano: 1_000n,
  resetsAtMs: RESETS_AT_MS,
};

/** Accounts that are asked for balances, and how often they were. */
function store(of: (account: Account) => readonly [settled: bigint, held: bigint]) {
  const asked: string[][] = [];
  const answer = (accounts: readonly Account[]): readonly Balance[] => {
    asked.push(accounts.map(({ key }) => key));
    return accounts.map((account) => {
      const [settledNano, heldNano] = of(account);
      return { key: account.key, settledNano, heldNano };
    });
  };
  return {
    asked,
    here: { balances: answer },
    away: { balances: async (accounts: readonly Account[]) => answer(accounts) },
  };
}

const clock = setClock(1_000_000);
const steps = { stepsOf: () => STEPS, clock };

const told: readonly (readonly [string, Partial<Account>, bigint, bigint, object])[] = [
  ['nothing spent', {}, 0n, 0n, { state: 'ok', utilization: 0, remaining_nano_usd: 1_000 }],
  ['what is held is not spent', {}, 100n, 900n, { state: 'ok', utilization: 0.1, remaining_nano_usd: 900 }],
  ['a step that only alerts', {}, 799n, 0n, { state: 'ok', utilization: 0.799, remaining_nano_usd: 201 }],
  ['the step that warns', {}, 800n, 0n, { state: 'warn', utilization: 0.8, remaining_nano_usd: 200 }],
  ['full', {}, 1_000n, 0n, { state: 'exhausted', utilization: 1, remaining_nano_usd: 0 }],
  ['more than full', {}, 1_500n, 0n, { state: 'exhausted', utilization: 1.5, remaining_nano_usd: 0 }],
  [
    'a ceiling above what is full',
    { ceilingNano: 1_200n },
    1_000n,
    0n,
    { state: 'exhausted', utilization: 1, remaining_nano_usd: 200 },
  ],
  [
    'more left than a number holds',
    { limitNano: 2n ** 60n, ceilingNano: 2n ** 60n },
    0n,
    0n,
    { state: 'ok', utilization: 0, remaining_nano_usd: Number.MAX_SAFE_INTEGER },
  ],
];
for (const [name, more, settled, held, wanted] of told) {
  test(`a budget as it stands: ${name}`, () => {
    const { here } = store(() => [settled, held]);
    const account = { ...TEAM, ...more };
    const facts = createAccountFacts(createRequestFacts(), {
      ...steps,
      accounts: here,
      covering: () => [account],
      isRemote: false,
    });
    assert.deepEqual(facts.read(CALL, CALLER, undefined), {
      budgets: [{ id: 'team', ...wanted, resets_at: '2026-12-01T00:00:00.000Z' }],
    });
  });
}

test('budgets are laid over what else is known', () => {
  const { here } = store(() => [0n, 0n]);
  const other: Facts = { targets: { 'a/b': { breaker: 'open' } } };
  const facts = createAccountFacts(
    { read: () => other },
    { ...steps, accounts: here, covering: () => [{ key: 'k', budget: 'b', limitNano: 1n }], isRemote: false },
  );
  assert.deepEqual(facts.read(CALL, CALLER, undefined), {
    ...other,
    budgets: [{ id: 'b', state: 'ok', utilization: 0, remaining_nano_usd: 1 }],
  });
});

test('what a request tells of budgets is refused, and what it tells of targets is not', () => {
  const { here } = store(() => [0n, 0n]);
  const facts = createAccountFacts(createRequestFacts(), {
    ...steps,
    accounts: here,
    covering: () => [],
    isRemote: false,
  });
  assert.throws(
    () => facts.read(CALL, CALLER, { budgets: [] }),
    (reason) => reason instanceof Failure && reason.code === 'invalid_request' && /facts\.budgets/.test(reason.message),
  );
  assert.deepEqual(facts.read(CALL, CALLER, { targets: {} }), { targets: {}, budgets: [] });
});

/** Lets what is asked behind a decision arrive. */
const arrived = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function remote(covering: () => readonly Account[] = () => [TEAM]) {
  const state = { settled: 0n, isAway: false };
  const time = setClock(1_000_000);
  const { asked, away } = store(() => [state.settled, 0n]);
  const accounts: typeof away = {
    balances: async (of) => {
      if (state.isAway) throw new Failure('unavailable', 'away');
      return away.balances(of);
    },
  };
  const facts = createAccountFacts(createRequestFacts(), { ...steps, accounts, covering, clock: time, isRemote: true });
  const utilization = async (): Promise<readonly (number | undefined)[]> =>
    ((await facts.read(CALL, CALLER, undefined)).budgets ?? []).map((budget) => budget.utilization);
  return { state, time, asked, facts, utilization };
}

test('accounts elsewhere are waited for once, then told as they were a moment ago', async () => {
  const { state, time, asked, facts, utilization } = remote();
  assert.ok(facts.read(CALL, CALLER, undefined) instanceof Promise);
  await arrived();
  assert.equal(asked.length, 1);
  state.settled = 500n;
  time.setMs(1_000_200);
  assert.deepEqual(await utilization(), [0]);
  assert.equal(asked.length, 1);
  time.setMs(1_000_201);
  assert.ok(!(facts.read(CALL, CALLER, undefined) instanceof Promise));
  await arrived();
  assert.equal(asked.length, 2);
  assert.deepEqual(await utilization(), [0.5]);
});

test('what is known for long is not relied on: it is waited for again', async () => {
  const { state, time, utilization } = remote();
  await utilization();
  state.settled = 500n;
  time.setMs(1_005_001);
  assert.deepEqual(await utilization(), [0.5]);
});

test('many decisions at once ask one question behind them', async () => {
  const { time, asked, facts, utilization } = remote();
  await utilization();
  time.setMs(1_001_000);
  for (let index = 0; index < 100; index += 1) void facts.read(CALL, CALLER, undefined);
  await arrived();
  assert.equal(asked.length, 2);
});

test('while they are away, what is known is told and what is not known is not', async () => {
  const { state, time, utilization } = remote();
  state.isAway = true;
  assert.deepEqual(await utilization(), []);
  state.isAway = false;
  assert.deepEqual(await utilization(), [0]);
  state.isAway = true;
  time.setMs(1_600_000);
  assert.deepEqual(await utilization(), [0]);
});

test('who is covered by no budget waits for nobody', () => {
  const { asked, facts } = remote(() => []);
  assert.deepEqual(facts.read(CALL, CALLER, undefined), { budgets: [] });
  assert.equal(asked.length, 0);
});
